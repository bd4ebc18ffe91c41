#pragma once

#include "pg/function.hpp"

namespace policies {

/// Drops the views that create_soft_delete_views() made of a table. Refused when something else depends on
/// them.
void drop_soft_delete_views(const pg::Table& table);

} // namespace policies
