#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace policies::core {

/// Where in the claims each part of the context stands: the name of a top-level claim, or a JSON Pointer (RFC
/// 6901) when it begins with '/'.
struct ClaimPaths {
    std::string tenant{"tenant_id"};
    std::string app{"app_id"};
    std::string person{"sub"};
};

/// Who is calling, as read from verified JWT claims (RFC 7519).
struct Claims {
    std::string tenant_id;
    std::optional<std::string> app_id;
    std::optional<std::string> person_id;
};

/// The longest tenant, app or person id that is believed, in bytes: it must fit index rows.
inline constexpr std::size_t max_claim_length = 255;

/// Checks a claim path: a non-empty name, or a well-formed JSON Pointer to something below the root.
/// Errors: invalid_argument naming the path.
Check check_claim_path(std::string_view path);

/// Reads the context from the JSON text of the claims. Fails closed: a tenant that is not a non-empty string,
/// or an app or person claim that is present (JSON null counts as absent) but not a non-empty string, gives
/// no context at all — ignoring a malformed app claim would widen what its bearer sees. Strings longer than
/// max_claim_length or holding U+0000 are refused as well. The paths must have passed check_claim_path.
/// Errors: not_permitted; the message says what is wrong with the claims without repeating them (they may
/// hold personal data), except for the name of the claim.
Result<Claims> parse_claims(std::string_view json, const ClaimPaths& paths);

} // namespace policies::core
