#include "functions/guard_rails/schema_access.hpp"

#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "storage/lmgr.h"
}

namespace policies {

namespace {

Oid owner_of(const std::string& schema) {
    const auto rows =
        pg::query("SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1",
                  {pg::text_parameter(schema)});
    return rows.empty() ? InvalidOid : static_cast<Oid>(std::stoul(rows[0][0].value()));
}

void change_privilege(const std::string& schema, const char* verb, const char* preposition) {
    const pg::RunAs owner(owner_of(schema));
    pg::execute(std::string(verb) + " CREATE ON SCHEMA " + pg::identifier(schema) + " " + preposition + " " +
                pg::admin_role);
}

} // namespace

void lock_schema(const std::string& schema) {
    pg::call([&] {
        LockDatabaseObject(NamespaceRelationId, get_namespace_oid(schema.c_str(), false), 0, ExclusiveLock);
    });
}

SchemaCreation::SchemaCreation(std::string schema) : schema_(std::move(schema)) {
    if (schema_ != "policies" && schema_ != "policies_api") {
        return;
    }
    lock_schema(schema_);
    const auto rows = pg::query("SELECT pg_catalog.has_schema_privilege($1, $2, 'CREATE')",
                                {pg::text_parameter(pg::admin_role), pg::text_parameter(schema_)});
    if (rows[0][0] == "f") {
        change_privilege(schema_, "GRANT", "TO");
        is_granted_ = true;
    }
}

void SchemaCreation::end() const {
    if (is_granted_) {
        change_privilege(schema_, "REVOKE", "FROM");
    }
}

} // namespace policies
