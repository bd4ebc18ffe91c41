#include "pg/table.hpp"

#include "pg/guard.hpp"
#include "pg/rights.hpp"
#include "pg/sql.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "storage/lmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace policies::pg {

static_assert(max_name_length == NAMEDATALEN - 1);
static_assert(static_cast<char>(RelationKind::table) == RELKIND_RELATION &&
              static_cast<char>(RelationKind::partitioned_table) == RELKIND_PARTITIONED_TABLE &&
              static_cast<char>(RelationKind::view) == RELKIND_VIEW);

namespace {

/// Why a relation is no table to protect, and what to do instead.
struct Refusal {
    std::string schema;
    std::string name;
    bool is_partitioned;
    bool is_own; ///< of the current role
    std::optional<std::string> reason;
    std::optional<std::string> hint;
};

constexpr const char* refusal_of_relation =
    "SELECT n.nspname, c.relname, c.relkind = 'p', pg_has_role(c.relowner, 'USAGE'), refusal.reason, "
    "refusal.hint "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN LATERAL (VALUES "
    "  (1, n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast'), 'It belongs to the system.', "
    "NULL), "
    "  (2, c.relkind NOT IN ('r', 'p'), 'It is not a table.', 'Protect the table behind it.'), "
    "  (3, c.relpersistence = 't', 'It is temporary: its rows live and end with one session.', NULL), "
    "  (4, EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid), "
    "   'It is a partition or an inheritance child.', "
    "   'Protect the table above it: its row security covers what is read through it.'), "
    "  (5, EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid "
    "              AND d.deptype = 'e'), "
    "   'It belongs to an extension: pg_dump would lose its policies and triggers.', NULL), "
    "  (6, EXISTS (SELECT FROM pg_trigger t JOIN pg_class b ON b.oid = t.tgrelid "
    "              WHERE t.tgname = 'policies_history' AND b.relnamespace = c.relnamespace "
    "              AND c.relname = b.relname || '_history'), "
    "   'It is the history of a protected table, and kept by policies.keep_history().', NULL), "
    "  (7, c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid), "
    "   'It has inheritance children, whose rows its unique index would not cover.', NULL) "
    ") AS refusal (rank, applies, reason, hint) ON refusal.applies "
    "WHERE c.oid = $1 ORDER BY refusal.rank LIMIT 1";

/// Reads a table and refuses it unless it can be protected.
Table read_protectable_table(Oid oid) {
    const auto found = query_one<std::optional<Refusal>>(refusal_of_relation, oid);
    if (!found) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "there is no table with OID " + std::to_string(oid)});
    }
    if (found->reason) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "relation " + core::quoted(found->name) + " cannot be protected",
              .detail = *found->reason,
              .hint = found->hint.value_or("")});
    }
    if (!found->is_own) {
        fail({.code = core::ErrorCode::not_permitted,
              .message = "must be owner of table " + core::quoted(found->name)});
    }
    return {
        .oid = oid, .schema = found->schema, .name = found->name, .is_partitioned = found->is_partitioned};
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

std::vector<TableColumn> columns_of(const Table& table) {
    auto columns = query<TableColumn>(
        "SELECT attname, atttypid, atttypid, atthasdef, attgenerated <> '' OR attidentity <> '', "
        "       NOT EXISTS (SELECT FROM pg_collation c WHERE c.oid = attcollation AND NOT "
        "c.collisdeterministic) "
        "FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        table.oid);
    for (auto& column : columns) {
        column.base_type = base_type(column.base_type);
    }
    return columns;
}

const TableColumn* find_column(const std::vector<TableColumn>& columns, std::string_view name) {
    const auto found = std::ranges::find(columns, name, &TableColumn::name);
    return found == columns.end() ? nullptr : &*found;
}

std::vector<Table> partitions_of(const Table& table) {
    return query<Table>("SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' FROM pg_partition_tree($1) t "
                        "JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace "
                        "WHERE t.relid <> $1",
                        table.oid);
}

bool relation_exists(std::string_view schema, std::string_view name) {
    return OidIsValid(relation_oid(schema, name));
}

// From the catalog's caches, which a trigger can ask for each row.
Oid relation_oid(std::string_view schema, std::string_view name) {
    const std::string schema_name(schema);
    const std::string relation_name(name);
    return call([&] {
        const Oid schema_oid = get_namespace_oid(schema_name.c_str(), true);
        return OidIsValid(schema_oid) ? get_relname_relid(relation_name.c_str(), schema_oid) : InvalidOid;
    });
}

Table table_of(Oid oid) {
    return query_one<Table>("SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' FROM pg_class c "
                            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1",
                            oid);
}

Oid owner_of(Oid relation) {
    return call([&] {
        const HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(row)) {
            return no_oid;
        }
        const Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(row))->relowner;
        ReleaseSysCache(row);
        return owner;
    });
}

Oid register_owner(std::string_view name) {
    const Oid owner = owner_of(relation_oid("policies", name));
    if (!OidIsValid(owner)) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "the register has no table " + core::quoted(name) + " yet",
              .hint = "An administrator calls policies.create_register()."});
    }
    if (owner != role_oid(admin_role)) {
        fail({.code = core::ErrorCode::not_permitted,
              .message = "table policies." + std::string(name) + " does not belong to policies_admin",
              .detail = "Records are written with the rights of policies_admin, never with another role's.",
              .hint = "ALTER TABLE policies." + std::string(name) + " OWNER TO policies_admin"});
    }
    return owner;
}

Oid register_owner(std::initializer_list<const char*> names) {
    Oid owner = no_oid;
    for (const auto* const name : names) {
        owner = register_owner(name);
    }
    return owner;
}

Oid base_type(Oid type) {
    return call([&] {
        return SearchSysCacheExists1(TYPEOID, ObjectIdGetDatum(type)) ? getBaseType(type) : InvalidOid;
    });
}

bool has_domain_constraints(Oid type) {
    return call([&] { return lookup_type_cache(type, TYPECACHE_DOMAIN_CONSTR_INFO)->domainData != nullptr; });
}

std::string type_name(Oid type) {
    return call([&] { return format_type_be(type); });
}

} // namespace policies::pg
