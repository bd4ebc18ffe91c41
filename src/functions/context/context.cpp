#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

extern "C" {
#include "nodes/supportnodes.h"
}

// The context functions that row security calls: https://datatracker.ietf.org/doc/html/rfc7519 claims as SQL
// values.

namespace {

using namespace policies;

Datum value_or_null(FunctionCallInfo fcinfo, Datum value) {
    fcinfo->isnull = value == Datum{0};
    return value;
}

/// True within a request of PostgREST, which says how it was made.
bool is_request() {
    const char* const method = pg::call([] { return GetConfigOption("request.method", true, false); });
    return method != nullptr && *method != '\0';
}

} // namespace

/// Null without a tenant, so that row security shows nothing. A request over HTTP is told the reason instead,
/// by the first row security that it meets.
POLICIES_FUNCTION(current_tenant_id) {
    if (pg::current_context().tenant_id == Datum{0} && is_request()) {
        pg::require_tenant();
    }
    return value_or_null(fcinfo, pg::current_context().tenant_id);
}

POLICIES_FUNCTION(current_app_id) {
    return value_or_null(fcinfo, pg::current_context().app_id);
}

POLICIES_FUNCTION(current_person_id) {
    return value_or_null(fcinfo, pg::current_context().person_id);
}

/// True for a row of the calling application, or of any where the caller is a person. Row security calls it
/// for every row.
POLICIES_FUNCTION(in_app_scope) {
    const Datum app = pg::current_context().app_id;
    if (app == Datum{0}) {
        return BoolGetDatum(true);
    }
    return BoolGetDatum(!PG_ARGISNULL(0) && pg::text_argument(fcinfo, 0) == pg::text_view(app));
}

/// Tells the planner how many rows are in the app's scope: all of them for a person.
POLICIES_FUNCTION(in_app_scope_support) {
    auto* const request = reinterpret_cast<SupportRequestSelectivity*>(PG_GETARG_POINTER(0));
    if (!IsA(request, SupportRequestSelectivity) || pg::current_context().app_id != Datum{0}) {
        return Datum{0};
    }
    request->selectivity = 1.0;
    return PointerGetDatum(request);
}

POLICIES_FUNCTION(context_problem) {
    const auto& claims = pg::current_context().claims;
    if (claims) {
        PG_RETURN_NULL();
    }
    return pg::text_datum(claims.error().message);
}
