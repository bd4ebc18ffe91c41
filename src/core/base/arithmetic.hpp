#pragma once

#include <cstdint>

namespace policies::core {

/// The quotient rounded down; the divisor is positive.
constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

/// What floor_divide leaves, from 0 on. Not dividend - floor_divide() * divisor, which overflows near the
/// minimum.
constexpr std::int64_t floor_modulo(std::int64_t dividend, std::int64_t divisor) {
    const std::int64_t remainder = dividend % divisor;
    return remainder < 0 ? remainder + divisor : remainder;
}

/// The greatest multiple of a positive step that is not above the number. Overflows within a step of the minimum.
constexpr std::int64_t floor_to(std::int64_t number, std::int64_t step) {
    return number - floor_modulo(number, step);
}

} // namespace policies::core
