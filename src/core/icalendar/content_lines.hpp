#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace policies::core {

/// One content line (RFC 5545, 3.1), unfolded.
struct ContentLine {
    std::string text{};
    std::size_t number{0}; ///< where it begins in the text
    std::string name{};    ///< in upper case, as the parameters
    std::string parameters{};
    std::string value{};

    /// Splits the text into name, parameters and value; false when it has no name or no value.
    bool split();

    /// What errors call the line.
    std::string shown() const;
};

/// Unfolds a text line by line. Lines end with CRLF, LF or CR; empty ones are skipped.
class ContentLines {
public:
    explicit ContentLines(std::string_view text);

    /// Reads the next line's text and number; false at the end.
    bool next(ContentLine& line);

private:
    std::string_view take_line();

    std::string_view rest_;
    std::size_t number_{0};
};

} // namespace policies::core
