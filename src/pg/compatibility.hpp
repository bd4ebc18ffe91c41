#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/guc_tables.h"
}

// What PostgreSQL's major versions, 15 to 19, differ in: nothing else in the source asks for the version.

namespace policies::pg {

#if PG_VERSION_NUM < 190000

/// How a callback is told which of the system's caches has changed.
using SystemCache = int;

#else

/// How a callback is told which of the system's caches has changed.
using SystemCache = SysCacheIdentifier;

#endif

#if PG_VERSION_NUM < 160000

/// True when a login may act as a role, other than by being a superuser. May ereport.
inline bool may_act_as(Oid login, Oid role) {
    return is_member_of_role_nosuper(login, role);
}

/// True when the current role has the rights of a relation's owner. May ereport.
inline bool owns_relation(Oid relation) {
    return pg_class_ownercheck(relation, GetUserId());
}

/// The text of a setting, or null when there is none of that name, however it is written: the server keeps a
/// setting under the spelling that it met first. A look-up by name costs more than all the rest of a row
/// security check, so position, which starts as 0, keeps where the setting stood last in the server's table of
/// settings. The table is read anew each time: a setting that moved or went is noticed.
inline const char* setting_text(const char* name, int& position) noexcept {
    config_generic** const settings = get_guc_variables();
    const int count = GetNumConfigOptions();
    const auto is_setting = [&] {
        const char* const found = settings[position]->name;
        return settings[position]->vartype == PGC_STRING &&
               (std::strcmp(found, name) == 0 || pg_strcasecmp(found, name) == 0);
    };
    if (position >= count || !is_setting()) {
        position = 0;
        while (position < count && !is_setting()) {
            ++position;
        }
        if (position == count) {
            return nullptr;
        }
    }
    return *reinterpret_cast<config_string*>(settings[position])->variable;
}

#else

/// True when a login may act as a role, other than by being a superuser. A membership that only lets one grant
/// the role on does not count. May ereport.
inline bool may_act_as(Oid login, Oid role) {
    return has_privs_of_role(login, role) || member_can_set_role(login, role);
}

/// True when the current role has the rights of a relation's owner. May ereport.
inline bool owns_relation(Oid relation) {
    return object_ownercheck(RelationRelationId, relation, GetUserId());
}

/// The text of a setting, or null when there is none of that name. These versions find it by a hash table, and
/// need no position.
inline const char* setting_text(const char* name, int&) noexcept {
    return GetConfigOption(name, true, false);
}

#endif

} // namespace policies::pg
