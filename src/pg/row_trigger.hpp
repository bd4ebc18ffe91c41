#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pg/call.hpp"
#include "pg/sql.hpp"
#include "pg/value.hpp"

// Trigger functions: what fired them, and the rows, read and changed by typed columns.

struct HeapTupleData;
struct TriggerData;

namespace policies::pg {

/// A column that a trigger works with, by its name and the type that it must have under any domains.
struct AnyColumn {
    std::size_t index; ///< in its set
    const char* name;
    Oid type;
};

/// The columns that a trigger works with. A struct of it as base and Columns as members declares them,
/// constexpr.
class ColumnSet {
public:
    static constexpr std::size_t max_size = 16;

    constexpr AnyColumn add(const char* name, Oid type) {
        columns_[size_] = {.index = size_, .name = name, .type = type};
        return columns_[size_++];
    }

    constexpr std::span<const AnyColumn> columns() const { return {columns_.data(), size_}; }

private:
    std::array<AnyColumn, max_size> columns_{};
    std::size_t size_{0};
};

/// A column whose values are read and written as T.
template <typename T>
struct Column : AnyColumn {
    constexpr Column(ColumnSet& set, const char* column_name)
        : AnyColumn(set.add(column_name, Type<T>::oid)) {}
};

/// A call by a trigger. Fails with 39P01 when it is no trigger's.
class Trigger {
public:
    explicit Trigger(const Call& call);

    NullableValue result() const { return {.value = 0, .is_null = false}; }

protected:
    const Call& call_;
    TriggerData* trigger_;
};

class RowTrigger;

/// A column that a table stores, which one that is computed at every reading is not.
struct StoredColumn {
    std::int16_t number; ///< as the table counts it
    std::string name;
    Oid base_type; ///< the type under any domains
};

/// A row of a trigger's table.
class TableRow {
public:
    TableRow(const RowTrigger& trigger, HeapTupleData* tuple) : trigger_(&trigger), tuple_(tuple) {}

    /// The value of a column, nothing for NULL. What it views stays until the trigger returns.
    template <typename T>
    std::optional<T> get(const Column<T>& column) const {
        const auto value = field(column);
        return value.is_null ? std::nullopt : std::optional<T>(Type<T>::read({value.value, column.type}));
    }

    NullableValue field(const AnyColumn& column) const;

    /// The value of any column, as a statement's parameter.
    Parameter parameter(const StoredColumn& column) const;

private:
    NullableValue field(std::int16_t number) const;

    const RowTrigger* trigger_;
    HeapTupleData* tuple_;
};

/// A call by a row trigger. A BEFORE trigger writes the row as set() leaves it, unless it calls skip(). Fails
/// with 39P01 when it is no row trigger's, and with 42703 or 42804 when the table has a column not, of another
/// type, or, before a write, of a domain whose constraints set() would not check: it has changed since it was
/// protected.
class RowTrigger : public Trigger {
public:
    RowTrigger(const Call& call, const ColumnSet& columns);

    bool is_insert() const;
    bool is_update() const;

    /// The row that an INSERT or UPDATE is to write, or has written, or that a DELETE removes.
    TableRow row() const;

    /// The row that an UPDATE replaces.
    TableRow old_row() const;

    /// Whether an UPDATE gives a column other bytes.
    bool changes(const AnyColumn& column) const;

    /// How far apart two instants of a column are at least: a microsecond, or more where the column's type
    /// limits their precision.
    core::Duration resolution(const Column<core::Instant>& column) const;

    /// Whether an UPDATE is what a foreign key of the table does to rows that refer to a row which is removed or gets
    /// another key: CASCADE, SET NULL or SET DEFAULT. PostgreSQL runs it with the rights of the table's owner, in a
    /// context in which forced row security does not count. No statement enters that by itself; what code of the owner
    /// does inside of it passes for an action where it sets just the columns of a foreign key.
    bool is_referential_action() const;

    /// Whether an UPDATE names the column as one to set, or names no other. Generated columns do not count.
    bool sets(const AnyColumn& column) const;
    bool sets_only(const AnyColumn& column) const;

    /// Gives the row that is to be written a value, of the column's precision.
    template <typename T>
    void set(const Column<T>& column, const std::type_identity_t<std::optional<T>>& value) {
        replace(column,
                value ? NullableValue{.value = Type<T>::write(*value), .is_null = false} : NullableValue{});
    }

    void set(const Column<std::string_view>& column, const std::optional<KeptText>& value) {
        replace(column, nullable(value));
    }

    /// Gives the row that is to be written a value as another row has it.
    void set(const AnyColumn& column, const TableRow& from) { replace(column, from.field(column)); }

    /// Lets the row be as it was: it is not written or removed after all.
    void skip() { is_skipped_ = true; }

    std::string schema_name() const;
    std::string table_name() const;

    /// The table, and the partitioned table above it, or the table itself.
    Oid table_oid() const;
    Oid root_table_oid() const;

    /// The columns that the table stores, in order.
    std::vector<StoredColumn> stored_columns() const;

    /// The trigger's own name.
    std::string name() const;

    /// The arguments in the trigger's declaration. They stay until the trigger returns.
    std::span<const char* const> arguments() const;

    NullableValue result() const;

private:
    friend class TableRow;

    struct Replacement {
        RawValue value;
        bool is_null;
    };

    void replace(const AnyColumn& column, NullableValue value);

    const std::int16_t* numbers_;       ///< of the columns, as the table counts them
    const core::Duration* resolutions_; ///< of the columns that hold instants
    std::array<Replacement, ColumnSet::max_size> replacements_;
    std::uint32_t replaced_{0}; ///< a bit for each column
    bool is_skipped_{false};
};

/// A call by a row trigger that works with the columns of a set.
template <std::derived_from<ColumnSet> Columns>
class RowTriggerOf : public RowTrigger {
public:
    static constexpr Columns columns{};

    explicit RowTriggerOf(const Call& call) : RowTrigger(call, columns) {}
};

} // namespace policies::pg
