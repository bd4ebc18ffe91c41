#pragma once

#include <cstddef>
#include <tuple>

// The fields of a struct in the order of its declaration, so that a struct can name what a row holds.

namespace policies::pg {

namespace detail {

/// Stands for a field of any type, to count how many a struct takes.
struct AnyField {
    template <typename Field>
    operator Field() const;
};

template <typename Row, typename... Found>
consteval std::size_t count_fields() {
    if constexpr (requires { Row{Found{}..., AnyField{}}; }) {
        return count_fields<Row, Found..., AnyField>();
    } else {
        return sizeof...(Found);
    }
}

} // namespace detail

inline constexpr std::size_t max_fields = 10;

/// References to the fields of a struct that has no base, no array and no more than max_fields fields.
template <typename Row>
auto fields_of(Row& row) {
    constexpr std::size_t count = detail::count_fields<std::remove_const_t<Row>>();
    static_assert(count >= 1 && count <= max_fields);
    if constexpr (count == 1) {
        auto& [a] = row;
        return std::tie(a);
    } else if constexpr (count == 2) {
        auto& [a, b] = row;
        return std::tie(a, b);
    } else if constexpr (count == 3) {
        auto& [a, b, c] = row;
        return std::tie(a, b, c);
    } else if constexpr (count == 4) {
        auto& [a, b, c, d] = row;
        return std::tie(a, b, c, d);
    } else if constexpr (count == 5) {
        auto& [a, b, c, d, e] = row;
        return std::tie(a, b, c, d, e);
    } else if constexpr (count == 6) {
        auto& [a, b, c, d, e, f] = row;
        return std::tie(a, b, c, d, e, f);
    } else if constexpr (count == 7) {
        auto& [a, b, c, d, e, f, g] = row;
        return std::tie(a, b, c, d, e, f, g);
    } else if constexpr (count == 8) {
        auto& [a, b, c, d, e, f, g, h] = row;
        return std::tie(a, b, c, d, e, f, g, h);
    } else if constexpr (count == 9) {
        auto& [a, b, c, d, e, f, g, h, i] = row;
        return std::tie(a, b, c, d, e, f, g, h, i);
    } else {
        auto& [a, b, c, d, e, f, g, h, i, j] = row;
        return std::tie(a, b, c, d, e, f, g, h, i, j);
    }
}

} // namespace policies::pg
