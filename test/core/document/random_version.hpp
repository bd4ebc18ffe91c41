#pragma once

#include <random>
#include <span>
#include <string>
#include <string_view>

namespace policies::core {

inline std::string random_fields(std::mt19937& random, std::span<const std::string_view> words) {
    std::string text;
    for (std::size_t count = 1 + random() % 4; count > 0; --count) {
        text += words[random() % words.size()];
        if (count > 1)
            text += '.';
    }
    return text;
}

/// From few words, so that equal and nearly equal versions are frequent.
inline std::string random_version(std::mt19937& random) {
    constexpr std::string_view numbers[] = {"0", "0", "1", "2", "9", "10", "11", "100000000000000000000"};
    constexpr std::string_view identifiers[] = {"0", "1", "2", "10", "a",  "a-",
                                                "-", "A", "Z", "z",  "0a", "rc"};
    std::string text = random_fields(random, numbers);
    if (random() % 2 == 0)
        text += '-' + random_fields(random, identifiers);
    if (random() % 4 == 0)
        text += '+' + random_fields(random, identifiers);
    return text;
}

} // namespace policies::core
