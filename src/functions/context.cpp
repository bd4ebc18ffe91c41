#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

// The context functions that row security calls: https://datatracker.ietf.org/doc/html/rfc7519 claims as SQL
// values.

namespace {

using namespace policies;

Datum value_or_null(FunctionCallInfo fcinfo, Datum value) {
    fcinfo->isnull = value == Datum{0};
    return value;
}

} // namespace

POLICIES_FUNCTION(current_tenant_id) {
    return value_or_null(fcinfo, pg::current_context().tenant_id);
}

POLICIES_FUNCTION(current_app_id) {
    return value_or_null(fcinfo, pg::current_context().app_id);
}

POLICIES_FUNCTION(current_person_id) {
    return value_or_null(fcinfo, pg::current_context().person_id);
}

POLICIES_FUNCTION(context_problem) {
    const auto& claims = pg::current_context().claims;
    if (claims) {
        PG_RETURN_NULL();
    }
    return pg::text_datum(claims.error().message);
}
