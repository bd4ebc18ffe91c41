#pragma once

#include "pg/value.hpp"

namespace policies::pg {

/// True when what a relation shows of its rows to a role depends on the claims' tenant and application alone:
/// its row security policies, whoever made them, compute from nothing but a row's columns, constants,
/// PostgreSQL's own immutable functions and current_tenant_id(), current_app_id() and in_app_scope() of
/// policies. Of what a policy's own functions and sub-selects read nobody could tell when it changes.
bool shows_rows_by_scope_alone(Oid relation);

/// True when the session has what row security would leave out be an error instead.
bool has_row_security_off() noexcept;

} // namespace policies::pg
