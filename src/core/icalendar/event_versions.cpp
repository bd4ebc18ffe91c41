#include "core/icalendar/event_versions.hpp"

#include <algorithm>

namespace policies::core {

EventVersions::EventVersions(const std::vector<Event>& events, const TimeZone& zone) : zone_(zone) {
    for (const Event& event : events) {
        if (!event.uid || event.recurrence_id) {
            continue;
        }
        Series& series = series_[*event.uid];
        series.version.see(event);
        series.is_of_dates = event.start && event.start->is_date;
    }
    for (const Event& event : events) {
        if (!event.uid || !event.recurrence_id) {
            continue;
        }
        Series& series = series_[*event.uid];
        const Day day = replaced_day(series, event);
        series.replacements[day].see(event);
        series.replaced_days.push_back(day);
    }
}

void EventVersions::Version::see(const Event& event) {
    is_cancelled = event.sequence > sequence
                       ? event.is_cancelled
                       : is_cancelled || (event.sequence == sequence && event.is_cancelled);
    sequence = std::max(sequence, event.sequence);
}

bool EventVersions::Version::supersedes(const Event& event) const {
    return event.sequence < sequence || (event.sequence == sequence && is_cancelled);
}

bool EventVersions::counts(const Event& event) const {
    if (event.is_cancelled) {
        return false;
    }
    const Series* series = series_of(event);
    if (series == nullptr) {
        return true;
    }
    if (!event.recurrence_id) {
        return !series->version.supersedes(event);
    }
    const bool is_cancelled = series->version.is_cancelled && series->version.supersedes(event);
    return !is_cancelled && !series->replacements.at(replaced_day(*series, event)).supersedes(event);
}

const std::vector<Day>* EventVersions::replaced_days(const Event& event) const {
    const Series* series = series_of(event);
    return series == nullptr || event.recurrence_id || series->replaced_days.empty() ? nullptr
                                                                                     : &series->replaced_days;
}

const EventVersions::Series* EventVersions::series_of(const Event& event) const {
    const auto found = event.uid ? series_.find(*event.uid) : series_.end();
    return found == series_.end() ? nullptr : &found->second;
}

Day EventVersions::replaced_day(const Series& series, const Event& event) const {
    return day_named_by(*event.recurrence_id, zone_, series.is_of_dates);
}

} // namespace policies::core
