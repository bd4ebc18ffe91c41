#include "pg/function.hpp"

// The context functions that row security calls: the claims of RFC 7519 as SQL values.

namespace policies {

namespace {

/// True within a request of PostgREST, which says how it was made.
bool is_request() {
    return !pg::setting("request.method").empty();
}

/// Null without a tenant, so that row security shows nothing. A request over HTTP is told the reason instead,
/// by the first row security that it meets.
std::optional<pg::KeptText> current_tenant_id() {
    if (!pg::current_context().tenant_id && is_request()) {
        pg::require_tenant();
    }
    return pg::current_context().tenant_id;
}

std::optional<pg::KeptText> current_app_id() {
    return pg::current_context().app_id;
}

std::optional<pg::KeptText> current_person_id() {
    return pg::current_context().person_id;
}

/// True for a row of the calling application, or of any where the caller is a person. Row security calls it
/// for every row.
bool in_app_scope(std::optional<std::string_view> app_id) {
    const auto& context = pg::current_context();
    return !context.app_id || app_id == *context.claims->app_id;
}

/// Tells the planner how many rows are in the app's scope: all of them for a person.
void in_app_scope_support(pg::SelectivityRequest& request) {
    if (!pg::current_context().app_id) {
        request.answer(1.0);
    }
}

std::optional<std::string> context_problem() {
    const auto& claims = pg::current_context().claims;
    return claims ? std::nullopt : std::optional(claims.error().message);
}

} // namespace

POLICIES_FUNCTION(current_tenant_id);
POLICIES_FUNCTION(current_app_id);
POLICIES_FUNCTION(current_person_id);
POLICIES_FUNCTION(in_app_scope);
POLICIES_FUNCTION(in_app_scope_support);
POLICIES_FUNCTION(context_problem);

} // namespace policies
