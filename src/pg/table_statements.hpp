#pragma once

#include <span>
#include <string>
#include <vector>

#include "pg/row_trigger.hpp"
#include "pg/sql.hpp"

namespace policies::pg {

/// A statement made of a table's definition, such as one that names all of its columns.
struct TableStatement {
    std::string sql;
    std::vector<StoredColumn> columns; ///< whose values are its first parameters, in order
    std::vector<Oid> relations; ///< what it was made of, beside the table: a change of one makes it stale
    Oid role;                   ///< with whose rights it runs
};

/// Keeps a statement with its plan for each table whose trigger runs one, until what it was made of changes.
/// An object of static duration.
class TableStatements {
public:
    using Make = TableStatement (*)(const RowTrigger&);

    explicit constexpr TableStatements(Make make) : make_(make) {}

    /// Runs the statement of the trigger's table with a row's columns as its first parameters, and these as
    /// the others. Makes it, by the function given, where there is none yet.
    void execute(const RowTrigger& trigger, const TableRow& row, std::span<const Parameter> parameters);

    /// Takes note that a relation has changed, or with no_oid that any may have.
    void hear(Oid relation) noexcept;

private:
    struct Kept;
    struct List;

    void start();
    void forget_stale();
    Kept& find(const RowTrigger& trigger);

    Make make_;
    List* list_{nullptr};
};

} // namespace policies::pg
