#pragma once

#include <string>
#include <string_view>

#include "pg/value.hpp"

// Locks, which all last until the transaction ends.

namespace policies::pg {

/// Keeps the definition of a table as it is.
void lock_for_reading(Oid table);

/// Waits for its turn to change the privileges on a schema: PostgreSQL would have the second of two that do
/// so at once fail.
void lock_schema(const std::string& schema);

/// Waits for its turn among those that take one for the same table and key. No SQL can take this lock, as it
/// could an advisory one. Keys that share a hash share their turn.
void take_turn(Oid table, std::string_view key);

} // namespace policies::pg
