#pragma once

#include "pg/postgres.hpp"

// What the building blocks need to know of the table they work on. All of it needs an open SpiSession.

namespace policies::pg {

struct Table {
    Oid oid;
    std::string schema;
    std::string name;
    bool is_partitioned;

    /// The qualified name as it stands in SQL.
    std::string sql_name() const;
};

struct Column {
    std::string name;
    Oid base_type; ///< the type under any domains
    bool has_default;
    bool is_generated;
    bool compares_bytes; ///< false under a nondeterministic collation, for which different texts can be equal
};

/// Locks a table for DDL and makes sure that it can be protected: an ordinary or partitioned table, not
/// temporary, not of the system or an extension, no partition or inheritance child, and owned by the current
/// role. Fails with wrong_object or not_permitted, naming the table and the reason.
Table lock_protectable_table(Oid oid);

/// The live columns of a table, in order.
std::vector<Column> columns_of(const Table& table);

/// The column of that name, or null.
const Column* find_column(const std::vector<Column>& columns, std::string_view name);

/// The partitions below a partitioned table, at every level.
std::vector<Table> partitions_of(const Table& table);

/// True when the relation exists.
bool relation_exists(std::string_view schema, std::string_view name);

/// The OID of a relation, or InvalidOid.
Oid relation_oid(std::string_view schema, std::string_view name);

/// The owner of a table of the register, with whose rights its records are written. Fails with wrong_object
/// when there is no such table, and with not_permitted when it does not belong to policies_admin: nothing
/// runs with any other role's rights.
Oid register_owner(std::string_view name);

} // namespace policies::pg
