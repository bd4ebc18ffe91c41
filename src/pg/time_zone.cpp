#include "pg/time_zone.hpp"

#include "pg/guard.hpp"
#include "pg/sql.hpp"
#include "pg/time.hpp"

extern "C" {
#include "pgtime.h"
}

namespace policies::pg {

namespace {

// Time zone databases list changes until 2037, a few (Morocco) until 2087, and hold a yearly rule for what
// follows.
constexpr pg_time_t rules_only_from = INT64CONST(4102444800);                   // 2100-01-01
constexpr pg_time_t last_change = rules_only_from + INT64CONST(146097) * 86400; // 400 years later
constexpr pg_time_t first_change = -INT64CONST(146097) * 86400;                 // 1570

core::Instant instant_of(pg_time_t unix_seconds) {
    return (unix_seconds - unix_epoch_offset / USECS_PER_SEC) * USECS_PER_SEC;
}

pg_tz* find_time_zone(const char* name) {
    return call([&] {
        pg_tz* const zone = pg_tzset(name);
        return zone != nullptr && pg_tz_acceptable(zone) ? zone : nullptr;
    });
}

} // namespace

std::optional<std::string> time_zone_name(std::string_view name) {
    const std::string terminated(name);
    const pg_tz* const zone = name.size() <= TZ_STRLEN_MAX ? find_time_zone(terminated.c_str()) : nullptr;
    if (zone == nullptr) {
        return std::nullopt;
    }
    std::string canonical = pg_get_timezone_name(const_cast<pg_tz*>(zone));
    // A POSIX rule cannot do without digits. The list takes long to make: it is asked for names that have
    // some.
    if (canonical.find_first_of("0123456789") != std::string::npos &&
        execute("SELECT FROM pg_timezone_names() WHERE name = $1", canonical) == 0) {
        return std::nullopt;
    }
    return canonical;
}

std::string checked_time_zone(std::string_view name, const char* column) {
    auto canonical = time_zone_name(name);
    if (!canonical) {
        fail({.code = core::ErrorCode::check_violation,
              .message = "unknown time zone: " + core::quoted(name),
              .detail = "It is not in the server's time zone database.",
              .hint = "Give the name of an IANA time zone, for example Europe/Berlin; pg_timezone_names "
                      "lists them."},
             column);
    }
    return *std::move(canonical);
}

core::TimeZone read_time_zone(const std::string& name) {
    const pg_tz* const zone = find_time_zone(name.c_str());
    if (zone == nullptr) {
        fail({.code = core::ErrorCode::invalid_argument,
              .message = "time zone " + core::quoted(name) + " is not in the server's time zone database"});
    }
    core::TimeZone rules;
    pg_time_t at = first_change;
    for (;;) {
        long int offset_before = 0;
        long int offset_after = 0;
        int is_dst_before = 0;
        int is_dst_after = 0;
        pg_time_t boundary = 0;
        const int found = pg_next_dst_boundary(&at, &offset_before, &is_dst_before, &boundary, &offset_after,
                                               &is_dst_after, zone);
        if (at == first_change) {
            rules.first_offset_seconds = static_cast<std::int32_t>(offset_before);
        }
        if (found != 1 || boundary <= at || boundary > last_change) {
            break;
        }
        const auto& changes = rules.changes;
        if (offset_after != (changes.empty() ? rules.first_offset_seconds : changes.back().offset_seconds)) {
            rules.changes.push_back(
                {.at = instant_of(boundary), .offset_seconds = static_cast<std::int32_t>(offset_after)});
        }
        // At the very last change that it has listed, PostgreSQL would tell of no later one.
        at = boundary + 1;
    }
    rules.repeats_from = rules.changes.empty() ? 0 : instant_of(rules_only_from);
    return rules;
}

} // namespace policies::pg
