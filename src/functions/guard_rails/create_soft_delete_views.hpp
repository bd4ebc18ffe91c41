#pragma once

#include "pg/function.hpp"

namespace policies {

/// Drops the views that create_soft_delete_views() made of a table. Refused when something else depends on
/// them.
void drop_soft_delete_views(const pg::Table& table);

/// Has the views that create_soft_delete_views() made of a table show the columns that it has gained since, which
/// callers may then write, too. Columns that were renamed or dropped are left to create_soft_delete_views().
void extend_soft_delete_views(const pg::Table& table);

} // namespace policies
