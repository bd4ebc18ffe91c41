#include "pg/context.hpp"

#include <memory>

#include "pg/claim_names.hpp"
#include "pg/claims_setting.hpp"
#include "pg/compatibility.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "tcop/pquery.h"
#include "utils/acl.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

using TextValue = std::unique_ptr<char[]>;

/// What current_context() computed last, and from what.
struct Cache {
    std::string claims_text;
    Oid session_user;
    std::uint64_t changes;
    Context context;
    std::array<TextValue, 3> values; ///< what the context's Datums point to
};

Cache* cache = nullptr;

/// Counts the changes of roles, settings and names, on which trust and claims depend.
std::uint64_t changes = 0;

/// Values of earlier claims: a running statement may still use them.
std::vector<TextValue>* retired_values = nullptr;

void forget_context() noexcept {
    ++changes;
}

void drop_retired_values(XactEvent, void*) {
    // A procedure that commits goes on, with arguments that may be such values.
    if (retired_values != nullptr && ActivePortal == nullptr) {
        retired_values->clear();
    }
}

void on_role_change(Datum, SystemCache, uint32) {
    forget_context();
}

bool is_gateway(Oid login) {
    const Oid gateway = role_oid(gateway_role);
    return OidIsValid(gateway) && call([&] { return may_act_as(login, gateway); });
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
    const core::ClaimPaths paths = POLICIES_TRY(claim_names());
    return core::parse_claims(text, paths);
}

std::optional<KeptText> keep(TextValue& value, const std::optional<std::string_view>& text) {
    if (!text) {
        return std::nullopt;
    }
    value = std::make_unique<char[]>(VARHDRSZ + text->size());
    SET_VARSIZE(value.get(), VARHDRSZ + text->size());
    std::ranges::copy(*text, VARDATA(value.get()));
    return KeptText{PointerGetDatum(value.get())};
}

Cache make_cache(const char* text, bool is_trusted, Oid session_user, std::uint64_t changes_before) {
    Cache made{
        .claims_text = text,
        .session_user = session_user,
        .changes = changes_before,
        .context = {.has_claims = *text != '\0', .claims = read_claims(text, is_trusted, session_user)},
        .values = {}};
    if (const auto& claims = made.context.claims) {
        made.context.tenant_id = keep(made.values[0], claims->tenant_id);
        made.context.app_id = keep(made.values[1], claims->app_id);
        made.context.person_id = keep(made.values[2], claims->person_id);
    }
    return made;
}

void replace_cache(Cache fresh) {
    if (cache == nullptr) {
        cache = new Cache(std::move(fresh));
        return;
    }
    if (retired_values == nullptr) {
        retired_values = new std::vector<TextValue>;
    }
    for (auto& value : cache->values) {
        if (value != nullptr) {
            retired_values->push_back(std::move(value));
        }
    }
    *cache = std::move(fresh);
}

} // namespace

void define_context_settings() {
    define_claim_names(forget_context);
    CacheRegisterSyscacheCallback(AUTHOID, on_role_change, 0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_role_change, 0);
    RegisterXactCallback(drop_retired_values, nullptr);
}

const Context& current_context() {
    const char* const text = claims_setting();
    const Oid session_user = GetSessionUserId();
    if (cache != nullptr && cache->changes == changes && cache->session_user == session_user &&
        std::strcmp(cache->claims_text.c_str(), text) == 0) {
        return cache->context;
    }
    // As it was before: a change that arrives during the catalog look-ups must not get lost, nor one after
    // which they fail.
    const std::uint64_t changes_before = changes;
    const bool is_trusted = call([&] { return superuser_arg(session_user); }) || is_gateway(session_user);
    replace_cache(make_cache(text, is_trusted, session_user, changes_before));
    return cache->context;
}

void require_tenant() {
    const auto& claims = current_context().claims;
    if (claims) {
        return;
    }
    const bool sees_all = is_administrator() || has_rights_of(auditor_role) ||
                          call([] { return has_bypassrls_privilege(GetUserId()); });
    if (!sees_all) {
        fail(claims.error());
    }
}

core::Claims current_caller() {
    return unwrap(current_context().claims);
}

} // namespace policies::pg
