#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "pg/value.hpp"

// With whose rights SQL runs, and where it looks names and operators up.

namespace policies::pg {

inline constexpr const char* caller_role = "policies_caller";
inline constexpr const char* gateway_role = "policies_gateway";
inline constexpr const char* auditor_role = "policies_auditor";
inline constexpr const char* admin_role = "policies_admin";

/// The OID of a role, or no_oid when there is none of that name.
Oid role_oid(const char* name);

/// True when the current role (not the session's) has the rights of this one.
bool has_rights_of(const char* role);

/// True when the current role operates the register: a superuser or a member of
/// policies_admin.
bool is_administrator();

/// True when the current role is a superuser.
bool is_superuser();

/// The role whose rights hold now.
Oid current_role() noexcept;

/// The name of the role that logged in.
std::string session_role_name();

/// Has names and operators looked up among PostgreSQL's own alone for the length of a scope, unless they are
/// so already: what another schema holds must not decide. SET LOCAL of other settings outlives the scope.
class FixedSearchPath {
public:
    FixedSearchPath();
    ~FixedSearchPath();
    FixedSearchPath(const FixedSearchPath&) = delete;
    FixedSearchPath& operator=(const FixedSearchPath&) = delete;

private:
    int exceptions_at_start_;
    int nest_level_{0}; ///< 0 where the scope changed nothing
};

/// Runs what follows in the scope with the rights of another role, as a foreign key's own checks do, and
/// under a fixed search_path. Inside, the role cannot be changed, and nothing can be put off until after the
/// scope: a deferred trigger, or a setting, which would count for the caller.
class AsRole {
public:
    explicit AsRole(Oid role);
    ~AsRole();
    AsRole(const AsRole&) = delete;
    AsRole& operator=(const AsRole&) = delete;

private:
    int exceptions_at_start_;
    int nest_level_;
    Oid previous_role_{no_oid};
    int previous_context_{0};
};

/// Runs what follows in the scope with the rights of policies_admin and no more, whoever calls: other rights of an
/// administrator, and a superuser's, are not for the code that others may have attached to what belongs to
/// policies_admin. Fails with wrong_object when there is no such role.
class AsAdministrator : public AsRole {
public:
    AsAdministrator();
};

/// Runs what follows in the scope with the rights of policies_admin, for writing to tables of the register
/// that callers cannot write. Fails with wrong_object when one of them is not there, and with not_permitted
/// when one does not belong to policies_admin: another owner's triggers would run with its rights.
class AsOwner : public AsRole {
public:
    explicit AsOwner(const char* table);

    explicit AsOwner(std::initializer_list<const char*> tables);
};

/// For reading a table of the register: a superuser reads what policies_admin owns with the rights of policies_admin,
/// since a superuser's are not for the expressions that others may have attached to it. Everybody else reads with
/// their own.
class AsReader {
public:
    explicit AsReader(const char* table);

private:
    std::optional<AsRole> role_{};
};

} // namespace policies::pg
