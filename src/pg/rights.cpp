#include "pg/rights.hpp"

#include <cstring>

#include "pg/guard.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/acl.h"
}

namespace policies::pg {

namespace {

constexpr const char* fixed_search_path = "pg_catalog, pg_temp";

bool has_fixed_search_path() {
    return std::strcmp(namespace_search_path, fixed_search_path) == 0;
}

/// Opens a level of settings, to be ended by AtEOXact_GUC(), with a fixed search_path. Returns its number.
int open_settings() {
    return call([] {
        const int level = NewGUCNestLevel();
        if (!has_fixed_search_path()) {
            set_config_option("search_path", fixed_search_path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
                              true, 0, false);
        }
        return level;
    });
}

Oid administrator() {
    const Oid oid = role_oid(admin_role);
    if (oid == no_oid) {
        fail({.code = core::ErrorCode::wrong_object,
              .message = "role " + core::quoted(admin_role) + " does not exist",
              .hint = "The register's tables belong to it. Create it: CREATE ROLE policies_admin NOLOGIN."});
    }
    return oid;
}

} // namespace

Oid role_oid(const char* name) {
    return call([&] { return get_role_oid(name, true); });
}

bool has_rights_of(const char* role) {
    const Oid oid = role_oid(role);
    return OidIsValid(oid) && call([&] { return has_privs_of_role(GetUserId(), oid); });
}

bool is_superuser() {
    return call([] { return superuser(); });
}

bool is_administrator() {
    return is_superuser() || has_rights_of(admin_role);
}

Oid current_role() noexcept {
    return GetUserId();
}

std::string session_role_name() {
    return call([] { return GetUserNameFromId(GetSessionUserId(), false); });
}

FixedSearchPath::FixedSearchPath()
    : exceptions_at_start_(std::uncaught_exceptions()),
      nest_level_(has_fixed_search_path() ? 0 : open_settings()) {}

FixedSearchPath::~FixedSearchPath() {
    // After an error the abort of the (sub)transaction does it, as for any function with a search_path of its
    // own.
    if (nest_level_ != 0 && std::uncaught_exceptions() == exceptions_at_start_) {
        AtEOXact_GUC(true, nest_level_);
    }
}

AsRole::AsRole(Oid role) : exceptions_at_start_(std::uncaught_exceptions()), nest_level_(open_settings()) {
    GetUserIdAndSecContext(&previous_role_, &previous_context_);
    SetUserIdAndSecContext(role, previous_context_ | SECURITY_LOCAL_USERID_CHANGE |
                                     SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
}

AsRole::~AsRole() {
    SetUserIdAndSecContext(previous_role_, previous_context_);
    // As if all that was set in the scope had failed. After an error the abort of the (sub)transaction does it.
    if (std::uncaught_exceptions() == exceptions_at_start_) {
        AtEOXact_GUC(false, nest_level_);
    }
}

AsAdministrator::AsAdministrator() : AsRole(administrator()) {}

AsOwner::AsOwner(const char* table) : AsRole(register_owner(table)) {}

AsOwner::AsOwner(std::initializer_list<const char*> tables) : AsRole(register_owner(tables)) {}

AsReader::AsReader(const char* table) {
    const Oid administrator = role_oid(admin_role);
    // To another owner only a superuser can give it.
    if (is_superuser() && owner_of(relation_oid("policies", table)) == administrator) {
        role_.emplace(administrator);
    }
}

} // namespace policies::pg
