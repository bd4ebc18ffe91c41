#pragma once

#include "pg/function.hpp"

// What the building blocks share that create further relations beside a table: its views and its history.

namespace policies {

/// The name of a companion of a table; fails with invalid_argument when PostgreSQL would cut it.
std::string companion_name(const std::string& name);

/// Fails with duplicate_object when a relation of that name exists, unless it is one that we made: of this
/// kind, owned by policies_admin, without rules or triggers of others. Anything else would run another's code
/// with the rights of policies_admin, or take another's data along. Returns whether it exists.
bool is_own_companion(const std::string& schema, const std::string& name, pg::RelationKind kind);

/// Fails with duplicate_object: a relation of that name is in the way.
[[noreturn]] void refuse_name(const std::string& name, std::string detail, std::string hint);

/// Makes a companion the property of policies_admin.
void give_to_administrators(const char* kind, const std::string& sql_name);

/// Gives the columns of a companion the comments of the table's columns of the same name.
void copy_column_comments(const pg::Table& table, const std::string& companion_sql_name);

} // namespace policies
