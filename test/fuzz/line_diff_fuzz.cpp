#include <cstdint>
#include <string>

#include "core/document/line_diff.hpp"
#include "core/document/patch.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

/// The first byte is the context; two texts, divided by a NUL byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto end = input.find('\0');
    const auto from = input.substr(0, end);
    const auto to = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    const auto patch = unified_diff(from, to, from, to, data[0] % 8);
    require(patch && *patch);
    PatchReader reader(from, **patch);
    const auto patched = reader.apply();
    require(patched && *patched == to);
    require(reader.counts.find('\n') == std::string_view::npos &&
            reader.counts.find(" added, ") != std::string_view::npos);
    require((from == to) == (reader.added + reader.removed == 0));
    return 0;
}
