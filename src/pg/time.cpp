#include "pg/time.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
}

namespace policies::pg {

static_assert(unix_epoch_offset == (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY);

core::Instant transaction_time() noexcept {
    return GetCurrentTransactionStartTimestamp();
}

std::string shown(core::Instant instant) {
    return call([&] { return timestamptz_to_str(instant); });
}

} // namespace policies::pg
