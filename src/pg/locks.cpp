#include "pg/locks.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "common/hashfn.h"
#include "storage/lmgr.h"
}

namespace policies::pg {

void lock_for_reading(Oid table) {
    call([&] { LockRelationOid(table, AccessShareLock); });
}

void lock_schema(const std::string& schema) {
    call([&] {
        LockDatabaseObject(NamespaceRelationId, get_namespace_oid(schema.c_str(), false), 0, ExclusiveLock);
    });
}

void take_turn(Oid table, std::string_view key) {
    const auto hash =
        hash_bytes(reinterpret_cast<const unsigned char*>(key.data()), static_cast<int>(key.size()));
    call([&] { LockDatabaseObject(RelationRelationId, table, static_cast<uint16>(hash), ExclusiveLock); });
}

} // namespace policies::pg
