#include "pg/table.hpp"

#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

Oid oid_of(const std::optional<std::string>& text) {
    return static_cast<Oid>(std::stoul(text.value()));
}

bool is_true(const std::optional<std::string>& text) {
    return text == "t";
}

[[noreturn]] void refuse(const std::string& name, const char* reason, const char* hint = "") {
    fail({.code = core::ErrorCode::wrong_object,
          .message = "relation " + core::quoted(name) + " cannot be protected",
          .detail = reason,
          .hint = hint});
}

/// The reason why a relation of this row (see lock_protectable_table) is no table to protect.
void refuse_unprotectable(const Row& row) {
    const auto& name = row[1].value();
    const char kind = row[2].value()[0];
    if (is_true(row[5])) {
        refuse(name, "It belongs to the system.");
    }
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE) {
        refuse(name, "It is not a table.", "Protect the table behind it.");
    }
    if (row[3] == "t") {
        refuse(name, "It is temporary: its rows live and end with one session.");
    }
    if (is_true(row[4])) {
        refuse(name, "It is a partition or an inheritance child.",
               "Protect the table above it: its row security covers what is read through it.");
    }
    if (is_true(row[6])) {
        refuse(name, "It belongs to an extension: pg_dump would lose its policies and triggers.");
    }
    if (is_true(row[9])) {
        refuse(name, "It is the history of a protected table, and kept by policies.keep_history().");
    }
    if (is_true(row[8])) {
        refuse(name, "It has inheritance children, whose rows its unique index would not cover.");
    }
}

/// Reads a table and refuses it unless it can be protected.
Table read_protectable_table(Oid oid) {
    const auto rows = query(
        "SELECT n.nspname, c.relname, c.relkind, c.relpersistence, "
        "       EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid), "
        "       n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast'), "
        "       EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid "
        "               AND d.deptype = 'e'), "
        "       pg_has_role(c.relowner, 'USAGE'), "
        "       c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid), "
        "       EXISTS (SELECT FROM pg_trigger t JOIN pg_class b ON b.oid = t.tgrelid WHERE t.tgname = "
        "'policies_history' "
        "               AND b.relnamespace = c.relnamespace AND c.relname = b.relname || '_history') "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1",
        {oid_parameter(oid)});
    if (rows.empty()) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "there is no table with OID " + std::to_string(oid)});
    }
    const Row& row = rows.front();
    refuse_unprotectable(row);
    if (!is_true(row[7])) {
        fail({.code = core::ErrorCode::not_permitted,
              .message = "must be owner of table " + core::quoted(row[1].value())});
    }
    return {.oid = oid,
            .schema = row[0].value(),
            .name = row[1].value(),
            .is_partitioned = row[2].value()[0] == RELKIND_PARTITIONED_TABLE};
}

} // namespace

std::string Table::sql_name() const {
    return qualified(schema, name);
}

Table lock_protectable_table(Oid oid) {
    // Before and after: who may not change the table must not lock it, and it may change until it is locked.
    read_protectable_table(oid);
    call([&] { LockRelationOid(oid, AccessExclusiveLock); });
    return read_protectable_table(oid);
}

std::vector<Column> columns_of(const Table& table) {
    std::vector<Column> columns;
    for (const auto& row :
         query("SELECT attname, atttypid, atthasdef, attgenerated <> '' OR attidentity <> '', "
               "       NOT EXISTS (SELECT FROM pg_collation c WHERE c.oid = attcollation "
               "                   AND NOT c.collisdeterministic) "
               "FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped "
               "ORDER BY attnum",
               {oid_parameter(table.oid)})) {
        const Oid type = oid_of(row[1]);
        columns.push_back({.name = row[0].value(),
                           .base_type = call([&] { return getBaseType(type); }),
                           .has_default = is_true(row[2]),
                           .is_generated = is_true(row[3]),
                           .compares_bytes = is_true(row[4])});
    }
    return columns;
}

const Column* find_column(const std::vector<Column>& columns, std::string_view name) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

std::vector<Table> partitions_of(const Table& table) {
    std::vector<Table> partitions;
    for (const auto& row :
         query("SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' FROM pg_partition_tree($1) t "
               "JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace "
               "WHERE t.relid <> $1",
               {oid_parameter(table.oid)})) {
        partitions.push_back({.oid = oid_of(row[0]),
                              .schema = row[1].value(),
                              .name = row[2].value(),
                              .is_partitioned = is_true(row[3])});
    }
    return partitions;
}

bool relation_exists(std::string_view schema, std::string_view name) {
    return OidIsValid(relation_oid(schema, name));
}

// From the catalog's caches rather than by SQL, which would need every name and operator qualified: not all
// who call have a fixed search_path.
Oid relation_oid(std::string_view schema, std::string_view name) {
    const std::string schema_name(schema);
    const std::string relation_name(name);
    return call([&] {
        const Oid schema_oid = get_namespace_oid(schema_name.c_str(), true);
        return OidIsValid(schema_oid) ? get_relname_relid(relation_name.c_str(), schema_oid) : InvalidOid;
    });
}

Oid register_owner(std::string_view name) {
    const Oid relation = relation_oid("policies", name);
    const Oid owner = call([&] {
        const HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(row)) {
            return InvalidOid;
        }
        const Oid found = reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relowner;
        ReleaseSysCache(row);
        return found;
    });
    if (!OidIsValid(owner)) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "the register has no table " + core::quoted(name) + " yet",
              .hint = "An administrator calls policies.create_register()."});
    }
    if (owner != call([] { return role_oid(admin_role); })) {
        fail({.code = core::ErrorCode::not_permitted,
              .message = "table policies." + std::string(name) + " does not belong to policies_admin",
              .detail = "Records are written with the rights of policies_admin, never with another role's.",
              .hint = "ALTER TABLE policies." + std::string(name) + " OWNER TO policies_admin"});
    }
    return owner;
}

} // namespace policies::pg
