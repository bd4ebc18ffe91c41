#pragma once

#include <span>

// The register's SQL as it is in src/sql, embedded at build time by tools/embed_register.sh.

namespace policies {

/// What create_register() applies in one go, and records in register_steps.
struct RegisterScript {
    const char* name;
    const char* digest; ///< the SHA-256 of the texts in hexadecimal
    std::span<const char* const> texts;
};

/// The version of the extension whose library and SQL this is.
const char* library_version() noexcept;

/// The tables in their current shape: made once.
RegisterScript register_tables() noexcept;

/// What brings tables of an earlier shape to the current one, in order; each is applied once.
std::span<const RegisterScript> register_updates() noexcept;

/// Views, functions, triggers and their grants: applied again whenever their text, or the tables, have changed.
/// The digest is that of the updates and the texts.
RegisterScript register_api() noexcept;

} // namespace policies
