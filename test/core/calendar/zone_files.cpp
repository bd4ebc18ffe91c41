#include "core/calendar/zone_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "core/calendar/dates.hpp"

namespace policies::core {

namespace {

const std::string folder = "/usr/share/zoneinfo/";

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A big-endian number of an RFC 8536 (TZif) file.
std::int64_t number_at(std::string_view bytes, std::size_t position, std::size_t size) {
    std::uint64_t number = (bytes[position] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes.at(position + i));
    return static_cast<std::int64_t>(number);
}

struct Counts {
    std::size_t utc, standard, leap, time, type, character;

    std::size_t data_size(std::size_t time_size) const {
        return time * (time_size + 1) + type * 6 + character + leap * (time_size + 4) + standard + utc;
    }
};

constexpr std::size_t header_size = 44;

Counts counts_at(std::string_view bytes) {
    const auto count = [&](std::size_t i) {
        return static_cast<std::size_t>(number_at(bytes, 20 + 4 * i, 4));
    };
    return {count(0), count(1), count(2), count(3), count(4), count(5)};
}

Instant from_unix(std::int64_t seconds) {
    return seconds * microseconds_per_second + start_of(Day{});
}

/// The rule of a POSIX TZ string, as far as the database uses it: CET-1CEST,M3.5.0,M10.5.0/3.
class Rule {
public:
    explicit Rule(std::string text) : text_(std::move(text)) {
        skip_name();
        standard_offset_ = -read_time();
        if (text_.empty())
            return;
        has_summer_ = true;
        skip_name();
        summer_offset_ = text_.front() == ',' ? standard_offset_ + 3600 : -read_time();
        summer_begin_ = read_date();
        summer_end_ = read_date();
    }

    std::vector<OffsetChange> changes_in(std::int64_t year) const {
        if (!has_summer_)
            return {};
        std::vector<OffsetChange> changes{
            {from_unix(wall_seconds(summer_begin_, year) - standard_offset_), summer_offset_},
            {from_unix(wall_seconds(summer_end_, year) - summer_offset_), standard_offset_}};
        std::sort(changes.begin(), changes.end(),
                  [](const auto& left, const auto& right) { return left.at < right.at; });
        return changes;
    }

private:
    /// The nth of a weekday (0 Sunday) of a month, the last for 5, and the time of day in seconds.
    struct Date {
        int month, nth, weekday;
        std::int32_t time;
    };

    void skip_name() {
        const std::size_t end =
            text_.front() == '<' ? text_.find('>') + 1 : text_.find_first_of("+-0123456789,");
        text_.erase(0, end);
    }

    int read_number() {
        std::size_t length = 0;
        const int number = std::stoi(text_, &length);
        text_.erase(0, length);
        return number;
    }

    bool skip(char character) {
        const bool is_there = !text_.empty() && text_.front() == character;
        text_.erase(0, is_there ? 1 : 0);
        return is_there;
    }

    std::int32_t read_time() {
        const int sign = text_.front() == '-' ? -1 : 1;
        std::int32_t time = read_number() * 3600;
        for (const int unit : {60, 1})
            time += skip(':') ? sign * read_number() * unit : 0;
        return time;
    }

    Date read_date() {
        if (!skip(',') || !skip('M'))
            throw std::runtime_error("a rule that is not understood: " + text_);
        Date date{};
        date.month = read_number();
        skip('.');
        date.nth = read_number();
        skip('.');
        date.weekday = read_number();
        date.time = skip('/') ? read_time() : 2 * 3600;
        return date;
    }

    static std::int64_t wall_seconds(const Date& date, std::int64_t year) {
        using std::chrono::days;
        const Day first = core::date(year, static_cast<unsigned>(date.month), 1);
        Day day = first +
                  (std::chrono::weekday{static_cast<unsigned>(date.weekday)} - std::chrono::weekday{first}) +
                  days{7 * (date.nth - 1)};
        while (day >= add_months(first, 1))
            day -= days{7};
        return day.time_since_epoch().count() * 86'400 + date.time;
    }

    std::string text_;
    std::int32_t standard_offset_{0};
    std::int32_t summer_offset_{0};
    bool has_summer_{false};
    Date summer_begin_{};
    Date summer_end_{};
};

} // namespace

TimeZone read_zone(const std::string& name) {
    const std::string file = read_file(folder + name);
    std::string_view bytes = file;
    bytes.remove_prefix(header_size +
                        counts_at(bytes).data_size(4)); // the 32-bit data before the 64-bit data
    const Counts counts = counts_at(bytes);
    const std::size_t types = header_size + counts.time * 9;
    const auto offset_of = [&](std::size_t type) {
        return static_cast<std::int32_t>(number_at(bytes, types + 6 * type, 4));
    };
    TimeZone zone{offset_of(0)};
    for (std::size_t i = 0; i < counts.time; ++i) {
        const auto type = static_cast<std::size_t>(number_at(bytes, header_size + counts.time * 8 + i, 1));
        zone.changes.push_back({from_unix(number_at(bytes, header_size + 8 * i, 8)), offset_of(type)});
    }
    std::string footer(bytes.substr(header_size + counts.data_size(8) + 1));
    footer.pop_back();
    const Instant last_change = zone.changes.empty() ? 0 : zone.changes.back().at;
    const std::int64_t year = year_of(day_of(last_change)) + 1;
    zone.repeats_from = utc(year, 1, 1);
    const Rule rule(footer);
    for (std::int64_t rule_year = year - 1; rule_year <= year + 400; ++rule_year) {
        for (const OffsetChange& change : rule.changes_in(rule_year)) {
            if (zone.changes.empty() || change.at > zone.changes.back().at)
                zone.changes.push_back(change);
        }
    }
    return zone;
}

std::vector<std::string> zone_names() {
    std::vector<std::string> names;
    std::istringstream lines(read_file(folder + "zone1970.tab"));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#'))
            continue;
        std::istringstream columns(line);
        std::string countries, place, name;
        columns >> countries >> place >> name;
        names.push_back(name);
    }
    return names;
}

} // namespace policies::core
