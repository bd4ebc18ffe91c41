#pragma once

#include "core/context/claims.hpp"
#include "pg/postgres.hpp"

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
    /// The claims as text values, which stay valid until the statement ends, at least; null for what is
    /// absent. Sharing them saves row security a copy per row.
    Datum tenant_id;
    Datum app_id;
    Datum person_id;
};

/// Who is calling. Parsed once per distinct text of the claims and backend; later calls compare the text. The
/// reference is valid until the next call. Never raises for bad claims. For either regime of pg/guard.hpp.
const Context& current_context();

/// Fails with the reason why there is no tenant, if so, unless the current role sees every tenant's rows:
/// administrators, auditors, and whom row security does not bind.
void require_tenant();

/// True when the current role (not the session's) operates the register: a superuser or a member of
/// policies_admin.
bool is_administrator();

/// The OID of one of the extension's roles, or InvalidOid when the role was dropped. May ereport.
Oid role_oid(const char* name);

inline constexpr const char* caller_role = "policies_caller";
inline constexpr const char* gateway_role = "policies_gateway";
inline constexpr const char* auditor_role = "policies_auditor";
inline constexpr const char* admin_role = "policies_admin";

} // namespace policies::pg
