#pragma once

#include <optional>

#include "core/context/claims.hpp"
#include "pg/rights.hpp"
#include "pg/value.hpp"

// Who is calling: the one interface behind which the sources of that knowledge stand (today: JWT claims in
// the setting request.jwt.claims of a trusted session).

namespace policies::pg {

/// Defines the settings policies.tenant_claim, policies.app_claim and policies.person_claim. Call once, at
/// load.
void define_context_settings();

/// The context of the running statement, or why there is none.
struct Context {
    bool has_claims;                   ///< request.jwt.claims is set and not empty
    core::Result<core::Claims> claims; ///< an error unless they are there, believed and sound
    /// The claims as text values, which stay valid until the statement ends, at least. Sharing them saves row
    /// security a copy per row.
    std::optional<KeptText> tenant_id{};
    std::optional<KeptText> app_id{};
    std::optional<KeptText> person_id{};
};

/// Who is calling. Parsed once per distinct text of the claims and backend; later calls compare the text. The
/// reference is valid until the next call. Never fails for bad claims.
const Context& current_context();

/// Who is calling. A copy, which what follows does not change. Fails with not_permitted without sound claims.
core::Claims current_caller();

/// Fails with the reason why there is no tenant, if so, unless the current role sees every tenant's rows:
/// administrators, auditors, and whom row security does not bind.
void require_tenant();

} // namespace policies::pg
