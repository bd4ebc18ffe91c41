#pragma once

namespace policies {

/// Locks the register's tables against whoever would attach something to them, and fails with not_permitted,
/// naming the object, where anything hangs on the register or stands in its schemas that neither the extension
/// nor the register made: other people's code, which could run with the rights of what follows.
void require_own_register();

} // namespace policies
