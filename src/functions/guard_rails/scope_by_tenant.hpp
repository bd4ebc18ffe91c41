#pragma once

#include "pg/function.hpp"

namespace policies {

/// What policies_caller may do with the rows of its tenant. Deleting is never granted.
enum class Access { read_only, read_and_write };

/// Enables and forces row security on a table (and closes its partitions), with the policies and the grants
/// of the three roles that use it, also on the sequences of its serial columns. What was there of ours is
/// replaced. Fails with duplicate_object when the table has other policies.
void put_in_tenant_scope(const pg::Table& table, Access callers);

/// Grants what callers need for the columns that a table has gained since it was put in scope, if they may write it.
void extend_grants(const pg::Table& table);

/// The privilege to update every column a table has, as GRANT names it. UPDATE of the whole table would let
/// callers take any lock on it, and so hold up every tenant.
std::string update_of_columns(const pg::Table& table);

/// Takes off again what put_in_tenant_scope() put on, from the partitions as well. A table without our
/// policies is left as it is, and so is row security where the table has other policies.
void release_from_tenant_scope(const pg::Table& table);

} // namespace policies
