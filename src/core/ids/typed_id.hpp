#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/ids/ulid.hpp"

namespace policies::core {

/// A typed id: a lower-case prefix that tells the kind of row, '_', and a ULID:
/// pol_01J9Z3NDEKTSV4RRFFQ69G5FAV.
struct TypedId {
    std::string prefix;
    Ulid ulid;
};

inline constexpr std::size_t max_prefix_length = 63;
inline constexpr std::size_t max_typed_id_length = max_prefix_length + 1 + ulid_text_length;

/// Checks a prefix by the rules of TypeID 0.3 (https://github.com/jetify-com/typeid), but never empty: 1 to
/// 63 of a to z and '_', not beginning or ending with '_'. Errors: invalid_argument naming the prefix.
Check check_prefix(std::string_view prefix);

/// Reads a typed id; the ULID part may be lower case, the prefix must not be upper case. The last '_'
/// separates. Errors: invalid_text: message `invalid id: "…"`, the reason in the detail.
Result<TypedId> parse_typed_id(std::string_view text);

/// True for a typed id in canonical form (upper-case ULID). Allocates only for the error it discards.
bool is_canonical_typed_id(std::string_view text);

/// Writes prefix, '_' and the canonical ULID to out, which has room for max_typed_id_length characters. The
/// prefix must have passed check_prefix. Returns the number of characters written; no terminator.
std::size_t write_typed_id(std::string_view prefix, const Ulid& ulid, char* out) noexcept;

/// The canonical text.
std::string format_typed_id(const TypedId& id);

} // namespace policies::core
