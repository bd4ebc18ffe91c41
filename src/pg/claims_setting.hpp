#pragma once

namespace policies::pg {

/// The text of the setting request.jwt.claims; empty when it was never set, or after the transaction that set
/// it. The setting is PostgREST's, not ours: it is read without being defined, since another extension may
/// define it. Valid until the setting changes. Does not ereport.
const char* claims_setting() noexcept;

} // namespace policies::pg
