#include "core/ids/typed_id.hpp"
#include "pg/guard.hpp"
#include "pg/new_id.hpp"
#include "pg/values.hpp"

namespace {

using namespace policies;

constexpr std::int64_t microseconds_per_millisecond = 1000;

/// The Unix milliseconds of an instant, rounded down, for the bounds of a range of ids.
std::uint64_t milliseconds_of(TimestampTz instant) {
    constexpr auto last =
        static_cast<std::int64_t>(core::ulid_max_milliseconds + 1) * microseconds_per_millisecond - 1;
    if (instant < -pg::unix_epoch_offset || instant > last - pg::unix_epoch_offset) {
        const char* const shown = pg::call([&] { return timestamptz_to_str(instant); });
        pg::fail({.code = core::ErrorCode::out_of_range,
                  .message = std::string("no id can hold the time ") + core::quoted(shown),
                  .detail = "Ids hold times from 1970-01-01 to 10889-08-02, in UTC."});
    }
    return static_cast<std::uint64_t>((instant + pg::unix_epoch_offset) / microseconds_per_millisecond);
}

Datum id_bound(FunctionCallInfo fcinfo, core::Ulid (*bound)(std::uint64_t) noexcept) {
    const auto prefix = pg::text_argument(fcinfo, 0);
    pg::unwrap(core::check_prefix(prefix));
    const auto milliseconds = milliseconds_of(PG_GETARG_TIMESTAMPTZ(1));
    return pg::text_datum(
        core::format_typed_id({.prefix = std::string(prefix), .ulid = bound(milliseconds)}));
}

} // namespace

POLICIES_FUNCTION(new_id) {
    const auto prefix = pg::text_argument(fcinfo, 0);
    pg::unwrap(core::check_prefix(prefix));
    return pg::new_id(prefix);
}

POLICIES_FUNCTION(is_valid_id) {
    return BoolGetDatum(core::is_canonical_typed_id(pg::text_argument(fcinfo, 0)));
}

POLICIES_FUNCTION(canonical_id) {
    return pg::text_datum(
        core::format_typed_id(pg::unwrap(core::parse_typed_id(pg::text_argument(fcinfo, 0)))));
}

POLICIES_FUNCTION(id_time) {
    const auto id = pg::unwrap(core::parse_typed_id(pg::text_argument(fcinfo, 0)));
    const auto milliseconds = static_cast<std::int64_t>(core::ulid_milliseconds(id.ulid));
    return TimestampTzGetDatum(milliseconds * microseconds_per_millisecond - pg::unix_epoch_offset);
}

POLICIES_FUNCTION(id_floor) {
    return id_bound(fcinfo, core::ulid_floor);
}

POLICIES_FUNCTION(id_ceil) {
    return id_bound(fcinfo, core::ulid_ceil);
}
