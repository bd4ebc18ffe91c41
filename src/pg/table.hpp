#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "pg/value.hpp"

// What the building blocks need to know of the table they work on.

namespace policies::pg {

/// What a relation is, as in pg_class.relkind.
enum class RelationKind : char { table = 'r', partitioned_table = 'p', view = 'v' };

/// The longest name of an object, in bytes.
inline constexpr std::size_t max_name_length = 63;

struct Table {
    Oid oid{no_oid};
    std::string schema{};
    std::string name{};
    bool is_partitioned{false};

    /// The qualified name as it stands in SQL.
    std::string sql_name() const;
};

struct TableColumn {
    std::string name{};
    Oid type{no_oid};
    Oid base_type{no_oid}; ///< the type under any domains
    bool has_default{false};
    bool is_generated{false};
    bool compares_bytes{
        true}; ///< false under a nondeterministic collation, for which different texts can be equal
};

/// Locks a table for DDL and makes sure that it can be protected: an ordinary or partitioned table, not
/// temporary, not of the system or an extension, no partition or inheritance child, and owned by the current
/// role. Fails with wrong_object or not_permitted, naming the table and the reason.
Table lock_protectable_table(Oid oid);

/// The live columns of a table, in order.
std::vector<TableColumn> columns_of(const Table& table);

/// The column of that name, or null.
const TableColumn* find_column(const std::vector<TableColumn>& columns, std::string_view name);

/// The table of that OID, which must be one.
Table table_of(Oid oid);

/// The owner of a relation, or no_oid when there is none.
Oid owner_of(Oid relation);

/// The partitions below a partitioned table, at every level.
std::vector<Table> partitions_of(const Table& table);

/// True when the relation exists.
bool relation_exists(std::string_view schema, std::string_view name);

/// The OID of a relation, or no_oid.
Oid relation_oid(std::string_view schema, std::string_view name);

/// The owner of a table of the register, with whose rights its records are written. Fails with wrong_object
/// when there is no such table, and with not_permitted when it does not belong to policies_admin: nothing
/// runs with any other role's rights.
Oid register_owner(std::string_view name);

/// The owner of several such tables.
Oid register_owner(std::initializer_list<const char*> names);

/// The type under the domains of a type, or the type itself; no_oid where there is no such type.
Oid base_type(Oid type);

/// Whether a type is a domain that has constraints, NOT NULL among them, or is made of one that has.
bool has_domain_constraints(Oid type);

/// A type as SQL names it.
std::string type_name(Oid type);

} // namespace policies::pg
