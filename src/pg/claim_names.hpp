#pragma once

#include "core/context/claims.hpp"

// Where in the claims the tenant, the application and the person stand: a register's own affair, which a dump
// must not lose, since under other names its rows would be shown to whom they are not for.

namespace policies::pg {

/// Defines the settings policies.tenant_claim, policies.app_claim and policies.person_claim, and has a
/// callback called whenever the names may have changed. Call once, at load.
void define_claim_names(void (*on_change)());

/// The names of this database: where it has a register, those that the register's policies.claim_settings()
/// was declared with, else those of the settings. Fails with not_permitted where they are in doubt: the
/// function is gone, or a setting says otherwise than it. A look-up in the catalog's caches.
core::Result<core::ClaimPaths> claim_names();

} // namespace policies::pg
