#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "core/calendar/instant.hpp"

namespace policies::core {

/// What was in force when, of values that each held for a time. Of several that held at once, the one that
/// began last did; of those that began together, the one given last.
template <typename Value>
class Timeline {
public:
    /// A value that held from an instant up to, not including, another.
    struct Period {
        Instant since;
        Instant until;
        Value value;
    };

    Timeline() = default;

    explicit Timeline(std::vector<Period> periods) : periods_(std::move(periods)) {
        std::stable_sort(periods_.begin(), periods_.end(),
                         [](const Period& left, const Period& right) { return left.since < right.since; });
        std::vector<Change> changes;
        for (std::size_t i = 0; i < periods_.size(); ++i) {
            if (periods_[i].since < periods_[i].until) {
                changes.push_back({periods_[i].since, i, true});
                changes.push_back({periods_[i].until, i, false});
            }
        }
        std::stable_sort(changes.begin(), changes.end(),
                         [](const Change& left, const Change& right) { return left.at < right.at; });
        std::set<std::size_t> holding;
        for (auto change = changes.begin(); change != changes.end();) {
            const Instant at = change->at;
            for (; change != changes.end() && change->at == at; ++change) {
                if (change->begins) {
                    holding.insert(change->period);
                } else {
                    holding.erase(change->period);
                }
            }
            steps_.push_back({at, holding.empty() ? none : *holding.rbegin()});
        }
    }

    /// What was in force at an instant; null when nothing was.
    const Value* at(Instant instant) const {
        const auto after = std::partition_point(steps_.begin(), steps_.end(),
                                                [instant](const Step& step) { return step.from <= instant; });
        const std::size_t period = after == steps_.begin() ? none : std::prev(after)->period;
        return period == none ? nullptr : &periods_[period].value;
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    struct Change {
        Instant at;
        std::size_t period;
        bool begins;
    };

    struct Step {
        Instant from;
        std::size_t period;
    };

    std::vector<Period> periods_{};
    std::vector<Step> steps_{};
};

} // namespace policies::core
