#pragma once

#include <span>

namespace policies {

/// One step in building the register: a file of sql/register/VERSION, embedded at build time by
/// tools/embed_sql.sh.
struct RegisterStep {
    int number;
    const char* name;
    const char* extension_version; ///< the first with the functions that the step uses
    const char* sql;
};

/// All steps, in order. A released step never changes: later shapes come as later steps.
std::span<const RegisterStep> register_steps() noexcept;

} // namespace policies
