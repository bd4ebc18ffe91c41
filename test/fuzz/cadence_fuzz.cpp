#include <cstdint>
#include <cstring>

#include "core/calendar/cadence.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    struct Input {
        std::int64_t start;
        std::int64_t microseconds;
        std::int32_t months;
        std::int32_t days;
    } input{};

    if (size < sizeof input) {
        return 0;
    }
    std::memcpy(&input, data, sizeof input);
    const Cadence cadence{.months = input.months, .days = input.days, .microseconds = input.microseconds};
    const auto end = add_cadence(input.start, cadence);
    if (!end) {
        require(end.error().code == ErrorCode::out_of_range);
        return 0;
    }
    const bool is_valid = static_cast<bool>(check_cadence(cadence));
    require(!is_valid || *end > input.start);
    if (input.months == 0) {
        // Days and microseconds alone are a distance, and lead back.
        constexpr std::int64_t day = 86'400'000'000;
        require(static_cast<__int128>(*end) - input.start ==
                static_cast<__int128>(input.days) * day + input.microseconds);
    }
    return 0;
}
