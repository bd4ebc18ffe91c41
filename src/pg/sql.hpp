#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/failure.hpp"
#include "pg/fields.hpp"
#include "pg/rights.hpp"
#include "pg/value.hpp"

// SQL from C++: execute(), query() and query_one() run a statement whose parameters $1, $2, … are C++ values,
// and give its rows as C++ values. Text is joined from identifier() and literal() only.
//
// A statement runs under a fixed search_path: tables are named with their schema, operators and PostgreSQL's
// own functions need none. It has the rights of the current role; AsOwner lends others. In a function that is
// declared as one that only reads, it sees what the calling statement sees, as in PL/pgSQL.

struct _SPI_plan;
struct SPITupleTable;

namespace policies::pg {

/// A parameter of a statement: a value, and its type.
struct Parameter {
    Oid type;
    RawValue value;
    bool is_null{false};
};

template <typename T>
Parameter parameter(const T& value) {
    if constexpr (is_optional<T>) {
        return value ? parameter(*value)
                     : Parameter{.type = Type<typename T::value_type>::oid, .value = 0, .is_null = true};
    } else if constexpr (std::is_same_v<T, AnyValue>) {
        return {.type = value.type, .value = value.value};
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        return {.type = type::text, .value = Type<std::string_view>::write(value)};
    } else {
        return {.type = Type<T>::oid, .value = Type<T>::write(value)};
    }
}

/// When a kept statement is planned.
enum class Planning { as_needed, once };

/// A statement that is parsed once per backend, and kept. Its parameters have the same types each time. An
/// object of static duration.
struct Statement {
    const char* sql;
    Planning planning{Planning::as_needed};
    _SPI_plan* plan{nullptr};
};

/// SQL that names each function and operator in it with its schema, as in OPERATOR(pg_catalog.=), and runs
/// under the caller's search_path, so that triggers on a user's table find what they look for.
struct Qualified {
    std::string sql;
};

/// A query as Qualified that sees what the calling statement sees, and what the transaction has written since:
/// nothing that others have committed since that statement began.
struct OfStatement {
    std::string sql;
};

/// What a verb runs: a text (of several statements, if it has no parameters), or a kept statement.
class Sql {
public:
    Sql(const char* text) : text_(text) {}

    Sql(std::string text) : text_(std::move(text)) {}

    Sql(Qualified qualified) : text_(std::move(qualified.sql)), has_fixed_search_path_(false) {}

    Sql(OfStatement query)
        : text_(std::move(query.sql)), has_fixed_search_path_(false), is_of_statement_(true) {}

    Sql(Statement& kept) : kept_(&kept) {}

    const std::string& text() const { return text_; }

    Statement* kept() const { return kept_; }

    bool has_fixed_search_path() const { return has_fixed_search_path_; }

    bool is_of_statement() const { return is_of_statement_; }

private:
    std::string text_{};
    Statement* kept_{nullptr};
    bool has_fixed_search_path_{true};
    bool is_of_statement_{false};
};

/// A connection to the server's SPI for the length of a scope.
class SpiSession {
public:
    SpiSession();
    ~SpiSession();
    SpiSession(const SpiSession&) = delete;
    SpiSession& operator=(const SpiSession&) = delete;

private:
    int exceptions_at_start_;
};

/// Reads what the calling statement reads, and what the transaction has written since, for the length of a
/// scope.
class StatementSnapshot {
public:
    StatementSnapshot();
    ~StatementSnapshot();
    StatementSnapshot(const StatementSnapshot&) = delete;
    StatementSnapshot& operator=(const StatementSnapshot&) = delete;

private:
    int exceptions_at_start_;
};

/// A statement that was run, with its rows, which go with the scope.
class Execution {
public:
    Execution(const Sql& sql, std::span<const Parameter> parameters);

    /// The number of rows it returned or touched.
    std::uint64_t count() const noexcept { return count_; }

    /// A column of a row, both counted from 0; nothing for NULL. Fails with internal where there is none.
    std::optional<TypedValue> field(std::uint64_t row, std::size_t column) const;

    /// Fails with internal unless the statement returned so many columns.
    void require_columns(std::size_t count) const;

    /// A value that outlives the statement.
    static AnyValue kept(AnyValue value);

private:
    std::optional<FixedSearchPath> search_path_;
    std::optional<SpiSession> session_{};
    SPITupleTable* rows_{nullptr};
    std::uint64_t count_{0};
};

/// Fails with internal: a column is NULL whose C++ type cannot be.
[[noreturn]] void fail_for_null_column(std::size_t column);

template <typename T>
T column_value(const Execution& execution, std::uint64_t row, std::size_t column) {
    static_assert(!std::is_same_v<T, std::string_view>, "the text would be gone with the statement");
    const auto field = execution.field(row, column);
    if constexpr (is_optional<T>) {
        return field ? T(column_value<typename T::value_type>(execution, row, column)) : T();
    } else {
        if (!field) {
            fail_for_null_column(column);
        }
        if constexpr (std::is_same_v<T, AnyValue>) {
            return Execution::kept(Type<T>::read(*field));
        } else {
            return Type<T>::read(*field);
        }
    }
}

template <typename T>
concept ColumnValue = SqlValue<T> || is_optional<T>;

/// A row as one value, or as a struct of its columns.
template <typename Row>
Row row_value(const Execution& execution, std::uint64_t number) {
    if constexpr (ColumnValue<Row>) {
        execution.require_columns(1);
        return column_value<Row>(execution, number, 0);
    } else {
        Row row{};
        std::apply(
            [&](auto&... fields) {
                execution.require_columns(sizeof...(fields));
                std::size_t column = 0;
                ((fields =
                      column_value<std::remove_reference_t<decltype(fields)>>(execution, number, column++)),
                 ...);
            },
            fields_of(row));
        return row;
    }
}

template <typename... Parameters>
Execution run(const Sql& sql, const Parameters&... parameters) {
    const std::array<Parameter, sizeof...(Parameters)> written{parameter(parameters)...};
    return Execution(sql, written);
}

/// Runs a statement; returns the number of rows that it returned or touched.
template <typename... Parameters>
std::uint64_t execute(const Sql& sql, const Parameters&... parameters) {
    return run(sql, parameters...).count();
}

/// Runs a statement and returns its rows: values where Row stands for a SQL type, which an optional lets be
/// NULL, else structs whose fields are the columns in order.
template <typename Row, typename... Parameters>
std::vector<Row> query(const Sql& sql, const Parameters&... parameters) {
    const auto execution = run(sql, parameters...);
    std::vector<Row> rows;
    rows.reserve(execution.count());
    for (std::uint64_t number = 0; number < execution.count(); ++number) {
        rows.push_back(row_value<Row>(execution, number));
    }
    return rows;
}

/// Runs a statement and returns its first row, as query() does. An optional Row is empty when there is none;
/// any other fails with internal then.
template <typename Row, typename... Parameters>
Row query_one(const Sql& sql, const Parameters&... parameters) {
    const auto execution = run(sql, parameters...);
    if constexpr (is_optional<Row>) {
        using Present = std::conditional_t<SqlValue<typename Row::value_type>, Row, typename Row::value_type>;
        return execution.count() == 0 ? Row() : Row(row_value<Present>(execution, 0));
    } else {
        return row_value<Row>(execution, 0);
    }
}

/// A name as it must stand in SQL, in quotes where it needs them.
std::string identifier(std::string_view name);

/// A schema-qualified name as it must stand in SQL.
std::string qualified(std::string_view schema, std::string_view name);

/// A text constant as it must stand in SQL.
std::string literal(std::string_view text);

} // namespace policies::pg
