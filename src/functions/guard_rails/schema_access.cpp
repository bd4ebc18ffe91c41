#include "functions/guard_rails/schema_access.hpp"

namespace policies {

namespace {

/// Grants or revokes with the rights of the schema's owner.
void change_privilege(const std::string& schema, const char* verb, const char* preposition) {
    const pg::AsRole owner(
        pg::query_one<pg::Oid>("SELECT nspowner FROM pg_namespace WHERE nspname = $1", schema));
    pg::execute(std::string(verb) + " CREATE ON SCHEMA " + pg::identifier(schema) + " " + preposition + " " +
                pg::admin_role);
}

} // namespace

void give_usage(const std::string& schema, const char* role, const std::string& purpose) {
    if (pg::query_one<bool>("SELECT has_schema_privilege($1, $2, 'USAGE')", role, schema)) {
        return;
    }
    if (!pg::query_one<bool>("SELECT has_schema_privilege($1, 'USAGE WITH GRANT OPTION')", schema)) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "role " + core::quoted(role) + " has no privilege USAGE on schema " +
                             core::quoted(schema),
                  .detail = purpose,
                  .hint = "Have the schema's owner run: GRANT USAGE ON SCHEMA " + pg::identifier(schema) +
                          " TO " + role});
    }
    pg::lock_schema(schema);
    pg::execute("GRANT USAGE ON SCHEMA " + pg::identifier(schema) + " TO " + role);
}

SchemaCreation::SchemaCreation(std::string schema) : schema_(std::move(schema)) {
    if (schema_ != "policies" && schema_ != "policies_api") {
        return;
    }
    pg::lock_schema(schema_);
    if (!pg::query_one<bool>("SELECT has_schema_privilege($1, $2, 'CREATE')", pg::admin_role, schema_)) {
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
