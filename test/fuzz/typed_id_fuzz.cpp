#include <cstdint>
#include <string>

#include "core/ids/typed_id.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto id = parse_typed_id(text);
    if (!id) {
        require(!is_canonical_typed_id(text));
        require(!id.error().message.empty() && !id.error().detail.empty());
        return 0;
    }
    const auto canonical = format_typed_id(*id);
    require(is_canonical_typed_id(canonical) && canonical.size() == text.size());
    require(is_canonical_typed_id(text) == (canonical == text));
    const auto again = parse_typed_id(canonical);
    require(again && again->prefix == id->prefix && again->ulid == id->ulid);
    const auto time = ulid_milliseconds(id->ulid);
    require(ulid_floor(time) <= id->ulid && id->ulid <= ulid_ceil(time));
    require(static_cast<bool>(check_prefix(id->prefix)));
    return 0;
}
