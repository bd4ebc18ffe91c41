#include <stdexcept>

#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/values.hpp"

extern "C" {
PG_MODULE_MAGIC;
}

// Functions that fail in every way the shim must survive. A module of its own, for test/t/001_shim.pl: none
// of it ships.

namespace {

using namespace policies;

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

} // namespace

/// An exception of the named kind.
POLICIES_FUNCTION(shim_throw) {
    const std::string kind(pg::text_argument(fcinfo, 0));
    below([&] { throw_exception(kind); });
    PG_RETURN_VOID();
}

/// A core error of the code with this number.
POLICIES_FUNCTION(shim_fail) {
    const auto code = static_cast<core::ErrorCode>(PG_GETARG_INT32(0));
    below([&] {
        pg::fail({.code = code, .message = "a message", .detail = "A detail.", .hint = "A hint."},
                 "a_column");
    });
    PG_RETURN_VOID();
}

/// An ereport below C++ frames, through pg::call.
POLICIES_FUNCTION(shim_ereport) {
    const std::string sqlstate(pg::text_argument(fcinfo, 0));
    below([&] { pg::call([&] { raise_postgres_error(sqlstate); }); });
    PG_RETURN_VOID();
}

/// An ereport from a body that keeps plain data only.
POLICIES_FUNCTION(shim_plain_ereport) {
    raise_postgres_error(pg::text_argument(fcinfo, 0));
    PG_RETURN_VOID();
}

/// An exception thrown inside a pg::call: it must not leave PostgreSQL's handler behind.
POLICIES_FUNCTION(shim_throw_in_call) {
    const std::string kind(pg::text_argument(fcinfo, 0));
    below([&] { pg::call([&] { throw_exception(kind); }); });
    PG_RETURN_VOID();
}

/// SQL run below C++ frames: errors, and other functions of ours, at any depth.
POLICIES_FUNCTION(shim_execute) {
    const std::string sql(pg::text_argument(fcinfo, 0));
    below([&] {
        const pg::SpiSession session;
        pg::execute(sql);
    });
    PG_RETURN_VOID();
}

/// The same with another role's rights.
POLICIES_FUNCTION(shim_execute_as) {
    const Oid role = PG_GETARG_OID(0);
    const std::string sql(pg::text_argument(fcinfo, 1));
    below([&] {
        const pg::SpiSession session;
        const pg::RunAs rights(role);
        pg::execute(sql);
    });
    PG_RETURN_VOID();
}

POLICIES_FUNCTION(shim_live_objects) {
    return Int32GetDatum(live_objects);
}
