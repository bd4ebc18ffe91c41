#pragma once

namespace policies::pg {

/// Whether the statement is to be cancelled, or the backend to end. Cheap.
bool is_interrupted() noexcept;

/// Cancels the statement, or ends the backend, where that is asked for.
void check_for_interrupts();

} // namespace policies::pg
