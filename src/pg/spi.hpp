#pragma once

#include "pg/values.hpp"

// SQL from C++: a session with the server's SPI for scopes that hold C++ objects. Every call goes through
// pg::call, so that a SQL error unwinds as PostgresError. SQL text is built with identifier() and literal()
// only, and everything in it is schema-qualified, or the function that runs it has a fixed search_path.

namespace policies::pg {

/// A connection to SPI for the length of a scope.
class SpiSession {
public:
    SpiSession();
    ~SpiSession();
    SpiSession(const SpiSession&) = delete;
    SpiSession& operator=(const SpiSession&) = delete;

private:
    int exceptions_at_start_;
};

/// A parameter of a statement: $1, $2, … in order.
struct Parameter {
    Oid type;
    Datum value;
    bool is_null{false};
};

Parameter text_parameter(std::optional<std::string_view> text);
Parameter text_array_parameter(const std::vector<std::string>& texts);
Parameter oid_parameter(Oid oid);
Parameter timestamp_parameter(std::optional<TimestampTz> instant);

/// Runs one or more statements without parameters, such as DDL.
void execute(const std::string& sql);

/// Runs one statement; returns the number of rows it touched. Its result is in SPI_tuptable.
std::uint64_t execute(const std::string& sql, std::initializer_list<Parameter> parameters);

/// When a kept statement is planned.
enum class Planning { as_needed, once };

/// A statement that is parsed once per backend. Its parameters have the same types each time, and it is
/// parsed with the rights that hold at its first execution.
struct KeptStatement {
    const char* sql;
    Planning planning{Planning::as_needed};
    SPIPlanPtr plan{nullptr};
};

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

/// A name as it must stand in SQL, in quotes where it needs them.
std::string identifier(std::string_view name);

/// A schema-qualified name as it must stand in SQL.
std::string qualified(std::string_view schema, std::string_view name);

/// A text constant as it must stand in SQL.
std::string literal(std::string_view text);

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
