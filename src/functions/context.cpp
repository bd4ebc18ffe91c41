#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

// The context functions that row security calls: https://datatracker.ietf.org/doc/html/rfc7519 claims as SQL
// values.

namespace {

using namespace policies;

Datum text_or_null(FunctionCallInfo fcinfo, const std::string* text) {
    if (text == nullptr) {
        PG_RETURN_NULL();
    }
    return pg::text_datum(*text);
}

const std::string* address_of(const std::optional<std::string>& text) {
    return text ? &*text : nullptr;
}

} // namespace

POLICIES_FUNCTION(current_tenant_id) {
    const auto& claims = pg::current_context().claims;
    return text_or_null(fcinfo, claims ? &claims->tenant_id : nullptr);
}

POLICIES_FUNCTION(current_app_id) {
    const auto& claims = pg::current_context().claims;
    return text_or_null(fcinfo, claims ? address_of(claims->app_id) : nullptr);
}

POLICIES_FUNCTION(current_person_id) {
    const auto& claims = pg::current_context().claims;
    return text_or_null(fcinfo, claims ? address_of(claims->person_id) : nullptr);
}

POLICIES_FUNCTION(context_problem) {
    const auto& claims = pg::current_context().claims;
    return text_or_null(fcinfo, claims ? nullptr : &claims.error().message);
}
