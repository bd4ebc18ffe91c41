#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/result.hpp"

namespace policies::core {

/// A ULID (https://github.com/ulid/spec): 48 bits of Unix milliseconds, then 80 random bits, big-endian.
struct Ulid {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Ulid&, const Ulid&) = default;
};

inline constexpr std::size_t ulid_text_length = 26;
inline constexpr std::uint64_t ulid_max_milliseconds = (std::uint64_t{1} << 48) - 1;

/// Reads the 26 characters of Crockford's base 32, upper or lower case. Errors: invalid_text, with the reason
/// (length, a character outside the alphabet — I, L, O and U among them —, or a first character above '7',
/// which would need more than 128 bits) in the detail.
Result<Ulid> parse_ulid(std::string_view text);

/// Writes the canonical upper-case form: exactly ulid_text_length characters, no terminator.
void write_ulid(const Ulid& ulid, char* out) noexcept;

/// Milliseconds since 1970-01-01 00:00 UTC.
std::uint64_t ulid_milliseconds(const Ulid& ulid) noexcept;

/// The lowest ULID of a millisecond (all random bits 0). milliseconds must not exceed ulid_max_milliseconds.
Ulid ulid_floor(std::uint64_t milliseconds) noexcept;

/// The highest ULID of a millisecond (all random bits 1). milliseconds must not exceed ulid_max_milliseconds.
Ulid ulid_ceil(std::uint64_t milliseconds) noexcept;

/// Makes ULIDs that strictly increase, as the specification's monotonic factory: a later millisecond draws
/// new random bits, the same one increments the last; a clock that goes back counts as the same millisecond.
class UlidGenerator {
public:
    /// Fills a buffer with cryptographically strong random bytes; false when it cannot.
    using RandomSource = bool (*)(void* buffer, std::size_t length);

    constexpr UlidGenerator() = default;

    /// The next ULID. milliseconds is Unix time. Errors: out_of_range when the time does not fit 48 bits or
    /// the random bits are exhausted within one millisecond (specification: "the generation will fail");
    /// internal when random_source fails. After an error the generator is as it was before.
    Result<Ulid> next(std::uint64_t milliseconds, RandomSource random_source);

private:
    Ulid last_{};
    bool started_{false};
};

} // namespace policies::core
