#include "pg/interrupts.hpp"

#include "pg/guard.hpp"

namespace policies::pg {

bool is_interrupted() noexcept {
    return QueryCancelPending || ProcDiePending;
}

void check_for_interrupts() {
    call([] { CHECK_FOR_INTERRUPTS(); });
}

} // namespace policies::pg
