#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/icalendar/event_reader.hpp"

namespace policies::core {

/// Tells which of a text's events count where several have one UID: of the versions of an event, and of each
/// occurrence that an event of its own replaces, the one with the highest SEQUENCE (RFC 5546, 2.1.5); of
/// equal ones all, unless one of them is cancelled. A cancelled event takes the replaced occurrences of its
/// versions along.
class EventVersions {
public:
    EventVersions(const std::vector<Event>& events, const TimeZone& zone);

    /// Whether the event takes place as far as the others know: it is neither cancelled nor superseded.
    bool counts(const Event& event) const;

    /// The days on which others replace an occurrence of the event; null when none does.
    const std::vector<Day>* replaced_days(const Event& event) const;

private:
    struct Version {
        int sequence{-1};
        bool is_cancelled{false};

        void see(const Event& event);
        bool supersedes(const Event& event) const;
    };

    /// The events with one UID.
    struct Series {
        Version version{};
        bool is_of_dates{false};
        std::map<Day, Version> replacements{};
        std::vector<Day> replaced_days{};
    };

    const Series* series_of(const Event& event) const;
    Day replaced_day(const Series& series, const Event& event) const;

    const TimeZone& zone_;
    std::map<std::string, Series> series_{}; ///< by UID
};

} // namespace policies::core
