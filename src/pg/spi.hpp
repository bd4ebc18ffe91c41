#pragma once

#include "pg/sql.hpp"
#include "pg/values.hpp"

// SQL whose parameters and results are Datums and text, for files that include PostgreSQL's headers.
// pg/sql.hpp has what new code uses.

namespace policies::pg {

Parameter text_parameter(std::optional<std::string_view> text);
Parameter text_array_parameter(const std::vector<std::string>& texts);
Parameter oid_parameter(Oid oid);
Parameter timestamp_parameter(std::optional<TimestampTz> instant);

/// Runs one statement; returns the number of rows it touched. Its result is in SPI_tuptable.
std::uint64_t execute(const std::string& sql, std::initializer_list<Parameter> parameters);

using KeptStatement = Statement;

/// Runs a kept statement; returns the number of rows it touched.
std::uint64_t execute(KeptStatement& statement, std::initializer_list<Parameter> parameters);

/// The same with the snapshot that is active, as a function that only reads must.
std::uint64_t read(KeptStatement& statement, std::initializer_list<Parameter> parameters);

/// A result row as text, NULL as nullopt. A column that the query does not have is an internal error, not a
/// crash.
class Row {
public:
    void add(std::optional<std::string> value) { values_.push_back(std::move(value)); }

    const std::optional<std::string>& operator[](std::size_t column) const { return values_.at(column); }

private:
    std::vector<std::optional<std::string>> values_;
};

/// Runs one query and returns its rows.
std::vector<Row> query(const std::string& sql, std::initializer_list<Parameter> parameters);

/// Runs one query with the snapshot that is active, as a function that only reads must, and returns its rows.
std::vector<Row> read(const std::string& sql, std::initializer_list<Parameter> parameters);

/// A column of a row that the last execute() or read() returned, as a Datum of its type.
Field result_value(std::uint64_t row, int column);

/// The same of a text column, as text.
std::optional<std::string> result_text(std::uint64_t row, int column);

/// Runs what follows in the scope with the rights of another role, as a foreign key's own checks do. Inside,
/// the role cannot be changed, and nothing can be put off until after the scope, such as a deferred trigger.
class RunAs {
public:
    explicit RunAs(Oid role) noexcept;
    ~RunAs();
    RunAs(const RunAs&) = delete;
    RunAs& operator=(const RunAs&) = delete;

private:
    Oid previous_role_{InvalidOid};
    int previous_context_{0};
};

} // namespace policies::pg
