#include "functions/sla/sla_rules.hpp"

namespace policies {

namespace {

/// The trigger, of rows or statements, on what the rules are read from. Only a signal: it changes no row.
void reset_sla_clocks(pg::Trigger&) {
    const pg::Oid signal = sla_rules_signal();
    if (signal != pg::no_oid) {
        pg::announce_change(signal);
    }
}

} // namespace

POLICIES_FUNCTION(reset_sla_clocks);

} // namespace policies
