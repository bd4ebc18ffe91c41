#include <algorithm>
#include <cstdint>
#include <string>

#include "core/base/text.hpp"
#include "core/icalendar/event_writer.hpp"
#include "core/icalendar/holiday_reader.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

namespace {

void require_limits(const std::vector<Holiday>& holidays) {
    require(holidays.size() <= max_holidays);
    require(std::is_sorted(holidays.begin(), holidays.end(), [](const Holiday& left, const Holiday& right) {
        return left.first_day < right.first_day;
    }));
    for (const Holiday& holiday : holidays) {
        require(is_in_holiday_years(holiday.first_day) && is_in_holiday_years(holiday.last_day));
        require(holiday.first_day <= holiday.last_day);
        require(!holiday.name.empty() && holiday.name.size() <= max_holiday_name_length);
        require(std::none_of(holiday.name.begin(), holiday.name.end(), is_control));
        require(holiday.yearly || holiday.except.empty());
        require(!holiday.yearly || holiday.last_day - holiday.first_day < std::chrono::days{364});
        require(std::is_sorted(holiday.except.begin(), holiday.except.end()));
        require(std::adjacent_find(holiday.except.begin(), holiday.except.end()) == holiday.except.end());
        require(holiday.except.empty() || holiday.except.front() >= holiday.first_day);
    }
}

/// Whatever the texts are, every line is whole, and only ours begin one.
void require_lines(const std::string& text) {
    std::size_t lines = 0;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = text.find("\r\n", start);
        require(end != std::string::npos && end > start && end - start <= 75);
        require(std::none_of(text.begin() + static_cast<std::ptrdiff_t>(start),
                             text.begin() + static_cast<std::ptrdiff_t>(end), [](char character) {
                                 return static_cast<unsigned char>(character) < ' ' && character != '\t';
                             }));
        lines += text[start] == ' ' ? 0 : 1;
        start = end + 2;
    }
    require(lines == 15 || lines == 16); // a description may be empty
}

} // namespace

/// A text, read in two zones, and written as every text of an event.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const TimeZone zone{.first_offset_seconds = 3'600,
                        .changes = {{-1'000'000'000'000'000, -7'200}, {800'000'000'000'000, 50'400}},
                        .repeats_from = 700'000'000'000'000};
    for (const auto& endless_until :
         {std::optional<Day>(), std::optional<Day>(std::chrono::year{2052} / 2 / 20)}) {
        const auto holidays = read_holidays(text, zone, endless_until);
        if (holidays)
            require_limits(*holidays);
        else
            require((holidays.error().code == ErrorCode::invalid_text ||
                     holidays.error().code == ErrorCode::check_violation) &&
                    !holidays.error().message.empty());
    }
    const CalendarEvent event{
        .uid = text, .summary = text, .description = text, .url = "u" + text, .categories = {"c", text}};
    require_lines(write_events(text, {event}));
    // What is written as a summary is read as a name, and what is cancelled is not read.
    const CalendarEvent day{.uid = "u", .day = Day{}, .summary = text};
    std::string published = write_events("p", {day});
    const auto again = read_holidays(published, zone, {});
    require(again && again->size() == 1 && again->front().first_day == Day{} &&
            again->front().last_day == Day{});
    require_limits(*again);
    published.replace(published.find("METHOD:PUBLISH"), 14, "METHOD:CANCEL");
    const auto cancelled = read_holidays(published, zone, {});
    require(cancelled && cancelled->empty());
    return 0;
}
