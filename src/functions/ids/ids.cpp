#include "core/ids/typed_id.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

constexpr std::int64_t microseconds_per_millisecond = 1000;

/// The Unix milliseconds of an instant, rounded down, for the bounds of a range of ids.
std::uint64_t milliseconds_of(core::Instant instant) {
    constexpr auto last =
        static_cast<std::int64_t>(core::ulid_max_milliseconds + 1) * microseconds_per_millisecond - 1;
    if (instant < -pg::unix_epoch_offset || instant > last - pg::unix_epoch_offset) {
        pg::fail({.code = core::ErrorCode::out_of_range,
                  .message = "no id can hold the time " + core::quoted(pg::shown(instant)),
                  .detail = "Ids hold times from 1970-01-01 to 10889-08-02, in UTC."});
    }
    return static_cast<std::uint64_t>((instant + pg::unix_epoch_offset) / microseconds_per_millisecond);
}

pg::KeptText new_id(std::string_view prefix) {
    pg::unwrap(core::check_prefix(prefix));
    return pg::new_id(prefix);
}

bool is_valid_id(std::string_view id) {
    return core::is_canonical_typed_id(id);
}

std::string canonical_id(const core::TypedId& id) {
    return core::format_typed_id(id);
}

core::Instant id_time(const core::TypedId& id) {
    const auto milliseconds = static_cast<std::int64_t>(core::ulid_milliseconds(id.ulid));
    return milliseconds * microseconds_per_millisecond - pg::unix_epoch_offset;
}

core::TypedId id_floor(const std::string& prefix, core::Instant instant) {
    pg::unwrap(core::check_prefix(prefix));
    return {.prefix = prefix, .ulid = core::ulid_floor(milliseconds_of(instant))};
}

core::TypedId id_ceil(const std::string& prefix, core::Instant instant) {
    pg::unwrap(core::check_prefix(prefix));
    return {.prefix = prefix, .ulid = core::ulid_ceil(milliseconds_of(instant))};
}

} // namespace

POLICIES_FUNCTION(new_id);
POLICIES_FUNCTION(is_valid_id);
POLICIES_FUNCTION(canonical_id);
POLICIES_FUNCTION(id_time);
POLICIES_FUNCTION(id_floor);
POLICIES_FUNCTION(id_ceil);

} // namespace policies
