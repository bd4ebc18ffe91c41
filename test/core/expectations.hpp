#pragma once

#include <cctype>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/base/result.hpp"

namespace policies::core {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// PostgreSQL's error style: a message without capital and period, a detail with both.
inline void expect_style(const Error& error) {
    EXPECT_FALSE(error.message.empty());
    EXPECT_FALSE(std::isupper(static_cast<unsigned char>(error.message.front()))) << error.message;
    EXPECT_NE(error.message.back(), '.') << error.message;
    for (const std::string& sentence : {error.detail, error.hint}) {
        if (!sentence.empty()) {
            EXPECT_TRUE(std::isupper(static_cast<unsigned char>(sentence.front()))) << sentence;
            EXPECT_EQ(sentence.back(), '.') << sentence;
        }
    }
}

inline void expect_error(const Error& error, ErrorCode code, std::string_view message_part,
                         std::string_view detail_part = {}) {
    EXPECT_EQ(error.code, code) << error.message;
    EXPECT_TRUE(contains(error.message, message_part)) << error.message;
    EXPECT_TRUE(contains(error.detail, detail_part)) << error.detail;
    expect_style(error);
}

/// Expects an error; a value fails the test.
template <typename T>
void expect_error(const Result<T>& result, ErrorCode code, std::string_view message_part,
                  std::string_view detail_part = {}) {
    ASSERT_FALSE(result) << "a value, where an error was expected: " << message_part;
    expect_error(result.error(), code, message_part, detail_part);
}

} // namespace policies::core
