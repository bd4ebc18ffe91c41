#include "core/icalendar/property_values.hpp"

#include <algorithm>
#include <memory>

#include "core/base/text.hpp"
#include "core/icalendar/libical.hpp"

namespace policies::core {

namespace {

using namespace std::chrono;

/// libical's sscanf would take signs and spaces for digits, and ignore what follows.
bool has_digits_of_time(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 8 ? text[i] != 'T' : !is_digit(text[i])) {
            return false;
        }
    }
    return text.size() == 8 || text.size() == 15;
}

bool has_number_longer_than(std::size_t most_digits, std::string_view text) {
    std::size_t digits = 0;
    return std::any_of(text.begin(), text.end(), [&](char character) {
        digits = is_digit(character) ? digits + 1 : 0;
        return digits > most_digits;
    });
}

struct FreeValue {
    void operator()(icalvalue* value) const { icalvalue_free(value); }
};

/// With each backslash that escapes nothing doubled: of what it precedes libical would make a space, even of
/// the first byte of a character.
std::string with_sound_escapes(std::string_view text) {
    std::string sound;
    for (std::size_t i = 0; i < text.size(); ++i) {
        sound += text[i];
        if (text[i] != '\\') {
            continue;
        }
        const bool escapes =
            i + 1 < text.size() && std::string_view("\\;,nN\"").find(text[i + 1]) != std::string_view::npos;
        sound += escapes ? text[++i] : '\\';
    }
    return sound;
}

} // namespace

std::optional<WrittenTime> read_time(std::string_view text) {
    // Not for libical, whose UTC zone reads the zone.tab of the machine.
    const bool is_utc = text.size() == 16 && text.back() == 'Z';
    if (is_utc) {
        text.remove_suffix(1);
    }
    if (!has_digits_of_time(text)) {
        return {};
    }
    const icaltimetype time = icaltime_from_string(std::string(text).c_str());
    const year_month_day date = year{time.year} / time.month / time.day;
    if (!date.ok() || time.hour > 23 || time.minute > 59 || time.second > 59) {
        return {};
    }
    return WrittenTime{date, hours{time.hour} + minutes{time.minute} + seconds{time.second}, text.size() == 8,
                       is_utc};
}

std::optional<seconds> read_duration(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    // libical takes "P" and digits without a unit for nothing, and its numbers overflow.
    if (!text.starts_with('P') || text.size() < 3 || text.size() > 64 || is_digit(text.back()) ||
        text.back() == 'T' || has_number_longer_than(6, text)) {
        return {};
    }
    const icaldurationtype duration = icaldurationtype_from_string(std::string(text).c_str());
    if (icaldurationtype_is_bad_duration(duration) || duration.is_neg != 0) {
        return {};
    }
    return weeks{duration.weeks} + days{duration.days} + hours{duration.hours} + minutes{duration.minutes} +
           seconds{duration.seconds};
}

std::string read_text(std::string_view text) {
    const std::unique_ptr<icalvalue, FreeValue> value(
        icalvalue_new_from_string(ICAL_TEXT_VALUE, with_sound_escapes(text).c_str()));
    const char* content = value == nullptr ? nullptr : icalvalue_get_text(value.get());
    return content == nullptr ? std::string() : std::string(content);
}

LocalSecond to_local(sys_seconds utc, const TimeZone& zone) {
    const Instant instant = microseconds{utc - postgres_epoch}.count();
    return utc + seconds{offset_at(zone, instant)};
}

LocalSecond to_local(const WrittenTime& time, const TimeZone& zone) {
    return time.is_utc ? to_local(time.second(), zone) : time.second();
}

std::optional<Day> day_begun_at(const WrittenTime& time, const TimeZone& zone, bool is_beside_dates) {
    const LocalSecond local = to_local(time, zone);
    const Day day = day_of(local);
    if (local == day || (time.is_utc && day > day_of(to_local(time.second() - seconds{1}, zone)))) {
        return day;
    }
    if (time.is_utc && is_beside_dates && time.time_of_day == seconds{0}) {
        return time.day;
    }
    return {};
}

Day day_named_by(const WrittenTime& time, const TimeZone& zone, bool is_beside_dates) {
    const Day day = day_of(to_local(time, zone));
    if (!time.is_utc || !is_beside_dates) {
        return day;
    }
    const bool begins = day_begun_at(time, zone, false).has_value();
    const bool ends = day < day_of(to_local(time.second() + seconds{1}, zone));
    return begins || ends ? day : time.day;
}

} // namespace policies::core
