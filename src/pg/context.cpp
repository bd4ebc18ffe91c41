#include "pg/context.hpp"

#include <cstring>

#include "pg/guard.hpp"

extern "C" {
#include "catalog/pg_authid.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

char* tenant_claim = nullptr;
char* app_claim = nullptr;
char* person_claim = nullptr;

/// What current_context() computed last, and from what.
struct Cache {
    std::string claims_text;
    Oid session_user;
    Context context;
};

Cache* cache = nullptr;
bool cache_is_stale = false;

void forget_context() noexcept {
    cache_is_stale = true;
}

void on_role_change(Datum, int, uint32) {
    forget_context();
}

void on_setting_change(const char*, void*) {
    forget_context();
}

/// PostgreSQL calls it outside any guard of ours: nothing may be thrown.
bool check_claim_setting(char** value, void**, GucSource) noexcept {
    try {
        const auto checked = core::check_claim_path(*value);
        if (!checked) {
            GUC_check_errmsg("%s", checked.error().message.c_str());
            GUC_check_errdetail("%s", checked.error().detail.c_str());
        }
        return static_cast<bool>(checked);
    } catch (...) {
        return false;
    }
}

void define_claim_setting(const char* name, const char* description, char** variable, const char* standard) {
    DefineCustomStringVariable(
        name, description,
        "The name of a top-level claim, or a JSON Pointer such as /app_metadata/tenant_id.", variable,
        standard, PGC_SUSET, 0, check_claim_setting, on_setting_change, nullptr);
}

bool is_member(Oid member, const char* role) {
    const Oid oid = role_oid(role);
    return OidIsValid(oid) && is_member_of_role_nosuper(member, oid);
}

core::Error no_claims_error() {
    return {.code = core::ErrorCode::not_permitted,
            .message = "no tenant: the session has no claims",
            .hint = "Through PostgREST, send a token. In SQL, a session of a member of policies_gateway sets "
                    "request.jwt.claims to the verified claims."};
}

core::Error untrusted_error(Oid session_user) {
    const char* const name = call([&] { return GetUserNameFromId(session_user, true); });
    return {
        .code = core::ErrorCode::not_permitted,
        .message =
            "the claims of login role " + core::quoted(name == nullptr ? "" : name) + " are not believed",
        .detail = "Only a superuser or a member of policies_gateway may say for whom it acts.",
        .hint =
            "Connect through the gateway, or have an administrator run: GRANT policies_gateway TO the role."};
}

core::Result<core::Claims> read_claims(const char* text, bool is_trusted, Oid session_user) {
    if (*text == '\0') {
        return no_claims_error();
    }
    if (!is_trusted) {
        return untrusted_error(session_user);
    }
    return core::parse_claims(text, {.tenant = tenant_claim, .app = app_claim, .person = person_claim});
}

} // namespace

void define_context_settings() {
    define_claim_setting("policies.tenant_claim", "The claim that holds the caller's tenant id.",
                         &tenant_claim, "tenant_id");
    define_claim_setting("policies.app_claim", "The claim that holds the id of the calling application.",
                         &app_claim, "app_id");
    define_claim_setting("policies.person_claim", "The claim that holds the caller's person id.",
                         &person_claim, "sub");
    MarkGUCPrefixReserved("policies");
    CacheRegisterSyscacheCallback(AUTHOID, on_role_change, 0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_role_change, 0);
}

Oid role_oid(const char* name) {
    return get_role_oid(name, true);
}

const Context& current_context() {
    const char* text = GetConfigOption("request.jwt.claims", true, false);
    if (text == nullptr) {
        text = "";
    }
    const Oid session_user = GetSessionUserId();
    if (cache != nullptr && !cache_is_stale && cache->session_user == session_user &&
        cache->claims_text == text) {
        return cache->context;
    }
    // Reset first: a role change that arrives during the catalog look-ups below must not get lost.
    cache_is_stale = false;
    const bool is_trusted =
        call([&] { return superuser_arg(session_user) || is_member(session_user, gateway_role); });
    auto fresh = Cache{.claims_text = text,
                       .session_user = session_user,
                       .context = {.has_claims = *text != '\0',
                                   .is_trusted = is_trusted,
                                   .claims = read_claims(text, is_trusted, session_user)}};
    if (cache == nullptr) {
        cache = new Cache(std::move(fresh));
    } else {
        *cache = std::move(fresh);
    }
    return cache->context;
}

bool is_administrator() {
    return superuser() || is_member(GetUserId(), admin_role);
}

} // namespace policies::pg
