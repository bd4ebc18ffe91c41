#include "functions/sla/sla_rules.hpp"

#include <algorithm>
#include <list>

namespace policies {

namespace {

/// Of all relations that could be the signal, the one with the fewest plans, which a change of it makes
/// stale.
constexpr const char* signal_relation = "business_calendars";

constexpr std::size_t max_cached_scopes = 64;
/// Of one scope; compiled, each takes some 70 kB.
constexpr std::size_t max_cached_calendars = 64;

/// Of one scope.
constexpr std::size_t max_cached_versions = 1024;

/// Counts what may have changed the rules, or who may read them.
constinit pg::ChangeWatch changes;

/// A snapshot that sees all that was counted, and how much that was.
struct Horizon {
    std::uint64_t changes;
    pg::SnapshotMark snapshot;
};

/// Whether a snapshot sees every change that was counted: one from before it may not.
bool sees_every_change(const pg::SnapshotMark& snapshot) {
    static constinit std::optional<Horizon> horizon;
    if (!horizon || horizon->changes != changes.count()) {
        const std::uint64_t counted = changes.count();
        const auto latest = pg::latest_snapshot();
        if (!latest) {
            return false;
        }
        horizon = {.changes = counted, .snapshot = *latest};
    }
    return snapshot.sees_all_of(horizon->snapshot);
}

/// Rules as they were read once, for a caller and a role. Only where nothing else decides what the role sees.
struct CachedRules {
    std::string tenant_id;
    std::optional<std::string> app_id;
    pg::Oid role;
    bool row_security_is_off;
    std::uint64_t changes;
    /// The only one that they hold for, if it does not see every change.
    std::optional<pg::SnapshotMark> snapshot;
    std::shared_ptr<SlaRules> rules;

    bool is_current() const {
        return changes == policies::changes.count() &&
               (!snapshot || snapshot->transaction == pg::transaction_number());
    }

    bool serves(const core::Claims& caller, const pg::SnapshotMark& reader) const {
        return is_current() && role == pg::current_role() &&
               row_security_is_off == pg::has_row_security_off() && tenant_id == caller.tenant_id &&
               app_id == caller.app_id && (snapshot ? *snapshot == reader : sees_every_change(reader));
    }
};

/// The most recently used first.
std::list<CachedRules>* cache = nullptr;

/// What the rules are read from.
using SourceRelations = std::array<pg::Oid, pg::ChangeWatch::max_relations>;

SourceRelations source_relations() {
    return {sla_rules_signal(), pg::relation_oid("policies", "policies"),
            pg::relation_oid("policies", "business_calendars_history"),
            pg::relation_oid("policies", "policies_history")};
}

CachedRules read_rules(const SourceRelations& relations, const core::Claims& caller,
                       const pg::SnapshotMark& reader) {
    if (relations.front() == pg::no_oid) {
        pg::fail({.code = core::ErrorCode::wrong_object,
                  .message = "the register has no business calendars yet",
                  .hint = "An administrator calls policies.create_register()."});
    }
    changes.watch(relations);
    // As it was before: a change that arrives during the reading must not get lost.
    const std::uint64_t changes_before = changes.count();
    const bool is_for_all = sees_every_change(reader);
    return {.tenant_id = caller.tenant_id,
            .app_id = caller.app_id,
            .role = pg::current_role(),
            .row_security_is_off = pg::has_row_security_off(),
            .changes = changes_before,
            .snapshot = is_for_all ? std::nullopt : std::optional(reader),
            .rules = std::make_shared<SlaRules>(caller)};
}

/// The cached rules for a caller, moved to the front; null when there are none.
std::shared_ptr<SlaRules> find_cached(const core::Claims& caller, const pg::SnapshotMark& reader) {
    if (cache == nullptr) {
        cache = new std::list<CachedRules>;
    }
    if (!cache->empty() && cache->front().serves(caller, reader)) {
        return cache->front().rules;
    }
    std::erase_if(*cache, [](const CachedRules& cached) { return !cached.is_current(); });
    const auto found = std::ranges::find_if(
        *cache, [&](const CachedRules& cached) { return cached.serves(caller, reader); });
    if (found == cache->end()) {
        return nullptr;
    }
    cache->splice(cache->begin(), *cache, found);
    return cache->front().rules;
}

const SharedCalendar& around_the_clock() {
    static const SharedCalendar* calendar = nullptr;
    if (calendar == nullptr) {
        calendar = new SharedCalendar(std::make_shared<const CalendarInForce>(always_open()));
    }
    return *calendar;
}

/// What is known for a ticket's priority and type; null when nothing is.
template <typename Value>
const Value* find_for_ticket(const ByTicket<Value>& values, const RulesWanted& wanted) {
    if (!wanted.ticket_type || !wanted.priority) {
        return nullptr;
    }
    const auto of_priority = values.find(*wanted.priority);
    if (of_priority == values.end()) {
        return nullptr;
    }
    const auto found = of_priority->second.find(*wanted.ticket_type);
    return found == of_priority->second.end() ? nullptr : &found->second;
}

} // namespace

std::string TicketRules::version() const {
    return core::format_rules_version(targets->version, calendar->version);
}

SlaRules::SlaRules(core::Claims caller) : caller_(std::move(caller)), targets_(read_targets(caller_)) {}

std::optional<TicketRules> SlaRules::rules_for(const RulesWanted& wanted) {
    if (wanted.version) {
        if (wanted.as_of) {
            pg::fail({.code = core::ErrorCode::invalid_argument,
                      .message = "as_of and rules exclude each other",
                      .hint = "Rules are those of a version; as_of asks which ones were in force."});
        }
        return rules_of_version(*wanted.version);
    }
    auto targets = targets_for(wanted);
    if (targets == nullptr) {
        return std::nullopt;
    }
    auto calendar = targets->business_hours_only ? default_calendar(wanted.as_of) : around_the_clock();
    return TicketRules{.targets = std::move(targets), .calendar = std::move(calendar)};
}

SharedTargets SlaRules::targets_for(const RulesWanted& wanted) {
    if (!wanted.as_of) {
        const auto* const targets = find_for_ticket(targets_, wanted);
        return targets == nullptr ? nullptr : *targets;
    }
    const auto* const timeline = find_for_ticket(past().targets, wanted);
    const auto* const targets = timeline == nullptr ? nullptr : timeline->at(*wanted.as_of);
    return targets == nullptr ? nullptr : *targets;
}

TicketRules SlaRules::rules_of_version(std::string_view version) {
    const auto known = versions_.find(version);
    if (known != versions_.end()) {
        return known->second;
    }
    const auto parsed = pg::unwrap(core::parse_rules_version(version));
    TicketRules rules{.targets = read_targets(caller_, parsed.policy),
                      .calendar =
                          parsed.calendar ? calendar_of_version(*parsed.calendar) : around_the_clock()};
    if (versions_.size() >= max_cached_versions) {
        versions_.clear();
    }
    versions_.emplace(version, rules);
    return rules;
}

SharedCalendar SlaRules::calendar(std::optional<std::string_view> id) {
    const auto key = id.value_or("");
    const auto known = calendars_.find(key);
    return known != calendars_.end() ? known->second
                                     : kept_calendar(std::string(key), read_calendar(caller_, id));
}

SharedCalendar SlaRules::default_calendar(std::optional<core::Instant> as_of) {
    if (!as_of) {
        return calendar(std::nullopt);
    }
    const auto* const version = past().default_calendars.at(*as_of);
    return version == nullptr ? around_the_clock() : calendar_of_version(*version);
}

SharedCalendar SlaRules::calendar_of_version(const core::RowVersion& version) {
    auto key = core::format_row_version(version);
    const auto known = calendars_.find(key);
    return known != calendars_.end() ? known->second
                                     : kept_calendar(std::move(key), read_calendar(caller_, version));
}

SharedCalendar SlaRules::kept_calendar(std::string key, CalendarInForce calendar) {
    if (calendars_.size() >= max_cached_calendars) {
        calendars_.clear();
        versions_.clear(); // which hold them as well
    }
    return calendars_
        .insert_or_assign(std::move(key), std::make_shared<const CalendarInForce>(std::move(calendar)))
        .first->second;
}

const SlaRules::Past& SlaRules::past() {
    const std::uint64_t transaction = pg::transaction_number();
    if (!past_ || past_->transaction != transaction) {
        past_ = Past{.transaction = transaction,
                     .targets = read_past_targets(caller_),
                     .default_calendars = read_past_default_calendars(caller_)};
    }
    return *past_;
}

std::shared_ptr<SlaRules> current_sla_rules() {
    pg::hear_of_changes();
    const auto& claims = pg::current_context().claims;
    if (!claims) {
        pg::fail(claims.error());
    }
    const auto reader = pg::active_snapshot();
    if (auto rules = find_cached(*claims, reader)) {
        return rules;
    }
    // A copy: what reading does may change the context's cache.
    const core::Claims caller = *claims;
    const auto relations = source_relations();
    auto fresh = read_rules(relations, caller, reader);
    if (!std::ranges::all_of(relations, pg::shows_rows_by_scope_alone)) {
        return fresh.rules;
    }
    cache->push_front(std::move(fresh));
    if (cache->size() > max_cached_scopes) {
        cache->pop_back();
    }
    return cache->front().rules;
}

SharedCalendar current_calendar(const std::optional<core::TypedId>& id) {
    const auto rules = current_sla_rules();
    return id ? rules->calendar(core::format_typed_id(*id)) : rules->calendar(std::nullopt);
}

pg::Oid sla_rules_signal() {
    return pg::relation_oid("policies", signal_relation);
}

} // namespace policies
