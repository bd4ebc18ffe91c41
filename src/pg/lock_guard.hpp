#pragma once

namespace policies::pg {

/// From now on this session refuses statements that would wait for a strong lock of a relation of the register, or
/// of a protected table, before PostgreSQL asks whether they are permitted: while they wait, everybody else
/// waits behind them. A session that has not loaded the library has no guard.
void guard_locks();

} // namespace policies::pg
