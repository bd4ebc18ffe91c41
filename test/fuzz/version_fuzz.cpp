#include <cstdint>
#include <string>

#include "core/document/next_version.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

/// Two versions, a line each: the order of their keys is their order.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\n');
    const auto left = parse_version(input.substr(0, end));
    const auto right =
        parse_version(end == std::string_view::npos ? std::string_view() : input.substr(end + 1));
    if (left) {
        require(compare_versions(*left, *left) == 0);
        for (const std::string_view word : {"major", "minor", "patch"}) {
            const auto next = next_version(input.substr(0, end), word);
            require(next ? compare_versions(*parse_version(*next), *left) > 0
                         : next.error().code == ErrorCode::out_of_range);
        }
    }
    if (!left || !right) {
        return 0;
    }
    const auto order = compare_versions(*left, *right);
    require((version_sort_key(*left) <=> version_sort_key(*right)) == order);
    require((compare_versions(*right, *left) < 0) == (order > 0));
    require(static_cast<bool>(next_version(input.substr(0, end), input.substr(end + 1))) ==
            (order < 0 && right->pre_release.empty()));
    return 0;
}
