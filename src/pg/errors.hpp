#pragma once

#include "pg/postgres.hpp"

namespace policies::pg {

/// An error in plain memory, so that it survives until every C++ object is gone. Long texts are cut at a
/// character.
struct Report {
    /// A PostgreSQL error to raise again as it was; the rest is then unused.
    ErrorData* postgres_error{nullptr};
    int sqlstate{0};
    std::array<char, 1024> message;
    std::array<char, 2048> detail;
    std::array<char, 1024> hint;
    std::array<char, NAMEDATALEN> column;

    /// No error yet. Only the first bytes of the texts are set, since every call of a SQL function makes a
    /// report, and hardly any uses it.
    Report() noexcept { message[0] = detail[0] = hint[0] = column[0] = '\0'; }

    /// Tells of the exception that is being handled, whatever it is.
    void set_exception() noexcept;

private:
    void set(const core::Error& error, std::string_view column_name) noexcept;
    void set_out_of_memory() noexcept;
    void set_internal(const char* what) noexcept;
};

/// The SQLSTATE of a core error, packed as PostgreSQL does.
int sqlstate_of(core::ErrorCode code) noexcept;

/// Raises the report as an ERROR. Call it where no object with a destructor is alive.
[[noreturn]] void raise(const Report& report);

} // namespace policies::pg
