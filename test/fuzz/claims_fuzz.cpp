#include <cstdint>
#include <string>

#include "core/context/claims.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

/// The first line is a path for the tenant, the rest the claims.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\n');
    const auto path = std::string(input.substr(0, end));
    const auto json = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    ClaimPaths paths;
    if (check_claim_path(path)) {
        paths.tenant = path;
    }
    const auto sound = [](const std::string& text) {
        return !text.empty() && text.size() <= max_claim_length && text.find('\0') == std::string::npos;
    };
    const auto claims = parse_claims(json, paths);
    if (!claims) {
        require(claims.error().code == ErrorCode::not_permitted && !claims.error().message.empty());
        return 0;
    }
    require(sound(claims->tenant_id));
    require(!claims->app_id || sound(*claims->app_id));
    require(!claims->person_id || sound(*claims->person_id));
    return 0;
}
