#pragma once

#include <cstdint>
#include <string>

#include "core/calendar/time_zone.hpp"

namespace policies::pg {

/// PostgreSQL's instants count microseconds from 2000-01-01 UTC, Unix's from 1970-01-01 UTC.
inline constexpr std::int64_t unix_epoch_offset = 10'957LL * 86'400'000'000LL;

/// When the transaction began, which is the time of all that it writes.
core::Instant transaction_time() noexcept;

/// An instant as the session's settings show it.
std::string shown(core::Instant instant);

} // namespace policies::pg
