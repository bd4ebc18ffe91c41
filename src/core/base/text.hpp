#pragma once

#include <string_view>

namespace policies::core {

/// True for a text of nothing but ASCII white space.
inline bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\n\v\f\r") == std::string_view::npos;
}

/// True for a text that nlohmann's parser would not read to its end: it takes a NUL byte for the end.
inline bool holds_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

} // namespace policies::core
