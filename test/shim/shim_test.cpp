#include <stdexcept>

#include "pg/call.hpp"
#include "pg/guard.hpp"
#include "pg/row_trigger.hpp"
#include "pg/sql.hpp"

extern "C" {
PG_MODULE_MAGIC;
}

// Functions that fail in every way the shim must survive. A module of its own, for test/t/001_shim.pl: none
// of it ships.

namespace policies {

namespace {

int live_objects = 0;

/// Counts itself, to show that every destructor has run by the time SQL sees the error.
struct Witness {
    Witness() { ++live_objects; }

    ~Witness() { --live_objects; }

    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
};

void raise_postgres_error(std::string_view sqlstate) {
    ereport(ERROR, (errcode(MAKE_SQLSTATE(sqlstate[0], sqlstate[1], sqlstate[2], sqlstate[3], sqlstate[4])),
                    errmsg("raised by PostgreSQL"), errdetail("Some detail."), errhint("Some hint.")));
}

void throw_exception(std::string_view kind) {
    if (kind == "bad_alloc") {
        throw std::bad_alloc();
    }
    if (kind == "runtime_error") {
        throw std::runtime_error("a runtime error");
    }
    if (kind == "long_message") {
        throw std::runtime_error(std::string(100000, 'x'));
    }
    if (kind == "unknown_type") {
        throw 42;
    }
    throw std::logic_error("no such kind");
}

/// Lets function fail at the bottom of several frames, each with an object that must be destroyed.
template <int Frames = 3, typename Function>
void below(Function function) {
    const Witness witness;
    const std::string owned(1000, 'w');
    if constexpr (Frames == 0) {
        function();
    } else {
        below<Frames - 1>(function);
    }
}

/// An exception of the named kind.
void shim_throw(const std::string& kind) {
    below([&] { throw_exception(kind); });
}

/// A core error of the code with this number.
void shim_fail(std::int32_t code) {
    below([&] {
        pg::fail({.code = static_cast<core::ErrorCode>(code),
                  .message = "a message",
                  .detail = "A detail.",
                  .hint = "A hint."},
                 "a_column");
    });
}

/// An ereport below C++ frames, through pg::call.
void shim_ereport(const std::string& sqlstate) {
    below([&] { pg::call([&] { raise_postgres_error(sqlstate); }); });
}

/// An exception thrown inside a pg::call: it must not leave PostgreSQL's handler behind.
void shim_throw_in_call(const std::string& kind) {
    below([&] { pg::call([&] { throw_exception(kind); }); });
}

/// SQL run below C++ frames: errors, and other functions of ours, at any depth.
void shim_execute(const std::string& sql) {
    below([&] { pg::execute(sql); });
}

/// The same with another role's rights.
void shim_execute_as(pg::Oid role, const std::string& sql) {
    below([&] {
        const pg::AsRole rights(role);
        pg::execute(sql);
    });
}

/// The same under the caller's search_path.
void shim_execute_qualified(const std::string& sql) {
    below([&] { pg::execute(pg::Qualified{sql}); });
}

std::int32_t shim_live_objects() {
    return live_objects;
}

std::string shown(const std::optional<std::string>& text) {
    return text.value_or("NULL");
}

/// Every type of argument, as text.
std::string shim_arguments(bool boolean, std::int32_t number, double fraction, std::string_view text,
                           const core::TypedId& id, pg::FiniteInstant instant, const core::Cadence& cadence,
                           pg::JsonView json, const std::vector<std::optional<std::string>>& texts,
                           std::optional<pg::FiniteDay> day) {
    std::string all = std::to_string(boolean) + " " + std::to_string(number) + " " +
                      std::to_string(fraction) + " " + std::string(text) + " " + core::format_typed_id(id) +
                      " " + std::to_string(instant) + " " + std::to_string(cadence.months) + " " +
                      std::string(json.text);
    for (const auto& element : texts) {
        all += " " + shown(element);
    }
    return all + " " + (day ? core::format_date(*day) : "NULL");
}

/// What the columns of a query are, as C++ types that they need not be of.
struct Columns {
    std::string name;
    std::int32_t number;
    std::optional<std::string> note;
};

std::vector<Columns> shim_query(const std::string& sql) {
    return pg::query<Columns>(sql);
}

std::optional<Columns> shim_query_row(const std::string& sql) {
    return pg::query_one<std::optional<Columns>>(sql);
}

std::optional<std::string> shim_query_text(const std::string& sql) {
    return pg::query_one<std::optional<std::string>>(sql);
}

/// A number that must be there.
std::int32_t shim_query_number(const std::string& sql) {
    return pg::query_one<std::int32_t>(sql);
}

constinit pg::Statement kept_statement{.sql = "SELECT $1 || pg_typeof($2)::text || $2::text"};

/// Parameters, with a value of any type that outlives the statement it came from, to a kept statement.
std::string shim_parameters(const std::string& text, const std::string& sql) {
    return pg::query_one<std::string>(kept_statement, text, pg::query_one<pg::AnyValue>(sql));
}

struct TriggerColumns : pg::ColumnSet {
    pg::Column<std::string> name{*this, "name"};
    pg::Column<std::int32_t> number{*this, "number"};
};

/// Doubles the number of a row, takes the name of the one before, and passes over rows without a number.
void shim_trigger(pg::RowTriggerOf<TriggerColumns>& trigger) {
    const auto number = trigger.row().get(trigger.columns.number);
    if (!number) {
        trigger.skip();
        return;
    }
    trigger.set(trigger.columns.number, *number * 2);
    if (trigger.is_update()) {
        trigger.set(trigger.columns.name, trigger.old_row());
    }
}

} // namespace

POLICIES_FUNCTION(shim_throw);
POLICIES_FUNCTION(shim_fail);
POLICIES_FUNCTION(shim_ereport);
POLICIES_FUNCTION(shim_throw_in_call);
POLICIES_FUNCTION(shim_execute);
POLICIES_FUNCTION(shim_execute_as);
POLICIES_FUNCTION(shim_execute_qualified);
POLICIES_FUNCTION(shim_live_objects);
POLICIES_FUNCTION(shim_arguments);
POLICIES_FUNCTION(shim_query);
POLICIES_FUNCTION(shim_query_row);
POLICIES_FUNCTION(shim_query_text);
POLICIES_FUNCTION(shim_query_number);
POLICIES_FUNCTION(shim_parameters);
POLICIES_FUNCTION(shim_trigger);

} // namespace policies
