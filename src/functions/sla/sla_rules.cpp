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

/// Counts what may have changed the rules, or who may read them.
constinit pg::ChangeWatch changes;

/// Rules as they were read once, for a caller, a role and an instant. Only where nothing else decides what the
/// role sees.
struct CachedRules {
    std::string tenant_id;
    std::optional<std::string> app_id;
    pg::Oid role;
    bool row_security_is_off;
    std::optional<core::Instant> as_of;
    std::uint64_t changes;
    /// The transaction whose snapshot they were read with, which later ones do not share; 0 for what is
    /// committed.
    std::uint64_t transaction;
    std::shared_ptr<SlaRules> rules;

    bool is_current() const {
        return changes == policies::changes.count() &&
               (transaction == 0 || transaction == pg::transaction_number());
    }

    bool serves(const core::Claims& caller, std::optional<core::Instant> instant) const {
        return is_current() && role == pg::current_role() &&
               row_security_is_off == pg::has_row_security_off() && as_of == instant &&
               tenant_id == caller.tenant_id && app_id == caller.app_id;
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
                       std::optional<core::Instant> as_of) {
    if (relations.front() == pg::no_oid) {
        pg::fail({.code = core::ErrorCode::wrong_object,
                  .message = "the register has no business calendars yet",
                  .hint = "An administrator calls policies.create_register()."});
    }
    changes.watch(relations);
    // As it was before: a change that arrives during the reading must not get lost.
    const std::uint64_t changes_before = changes.count();
    const pg::CurrentSnapshot snapshot;
    return {.tenant_id = caller.tenant_id,
            .app_id = caller.app_id,
            .role = pg::current_role(),
            .row_security_is_off = pg::has_row_security_off(),
            .as_of = as_of,
            .changes = changes_before,
            .transaction = as_of || pg::has_transaction_snapshot() ? pg::transaction_number() : 0,
            .rules = std::make_shared<SlaRules>(caller, as_of)};
}

/// The cached rules for a caller, moved to the front; null when there are none.
std::shared_ptr<SlaRules> find_cached(const core::Claims& caller, std::optional<core::Instant> as_of) {
    if (cache == nullptr) {
        cache = new std::list<CachedRules>;
    }
    if (!cache->empty() && cache->front().serves(caller, as_of)) {
        return cache->front().rules;
    }
    std::erase_if(*cache, [](const CachedRules& cached) { return !cached.is_current(); });
    const auto found =
        std::ranges::find_if(*cache, [&](const CachedRules& cached) { return cached.serves(caller, as_of); });
    if (found == cache->end()) {
        return nullptr;
    }
    cache->splice(cache->begin(), *cache, found);
    return cache->front().rules;
}

} // namespace

SlaRules::SlaRules(core::Claims caller, std::optional<core::Instant> as_of)
    : caller_(std::move(caller)), as_of_(as_of), targets_(read_targets(caller_, as_of_)) {}

const TargetsInForce* SlaRules::targets(std::optional<std::string_view> ticket_type,
                                        std::optional<std::string_view> priority) const {
    if (!ticket_type || !priority) {
        return nullptr;
    }
    const auto of_priority = targets_.find(*priority);
    if (of_priority == targets_.end()) {
        return nullptr;
    }
    const auto found = of_priority->second.find(*ticket_type);
    return found == of_priority->second.end() ? nullptr : &found->second;
}

std::shared_ptr<const CalendarInForce> SlaRules::calendar(std::optional<std::string_view> id) {
    const auto key = id.value_or("");
    const auto known = calendars_.find(key);
    if (known != calendars_.end()) {
        return known->second;
    }
    const pg::CurrentSnapshot snapshot;
    auto calendar = std::make_shared<const CalendarInForce>(read_calendar(caller_, as_of_, id));
    if (calendars_.size() >= max_cached_calendars) {
        calendars_.clear();
    }
    return calendars_.insert_or_assign(std::string(key), std::move(calendar)).first->second;
}

std::shared_ptr<const CalendarInForce> SlaRules::calendar_of(const TargetsInForce& targets) {
    if (targets.business_hours_only) {
        return calendar(std::nullopt);
    }
    static const std::shared_ptr<const CalendarInForce>* around_the_clock = nullptr;
    if (around_the_clock == nullptr) {
        around_the_clock = new std::shared_ptr<const CalendarInForce>(
            std::make_shared<const CalendarInForce>(always_open()));
    }
    return *around_the_clock;
}

std::shared_ptr<SlaRules> current_sla_rules(std::optional<core::Instant> as_of) {
    pg::hear_of_changes();
    const auto& claims = pg::current_context().claims;
    if (!claims) {
        pg::fail(claims.error());
    }
    if (auto rules = find_cached(*claims, as_of)) {
        return rules;
    }
    // A copy: what reading does may change the context's cache.
    const core::Claims caller = *claims;
    const auto relations = source_relations();
    auto fresh = read_rules(relations, caller, as_of);
    if (!std::ranges::all_of(relations, pg::shows_rows_by_scope_alone)) {
        return fresh.rules;
    }
    cache->push_front(std::move(fresh));
    if (cache->size() > max_cached_scopes) {
        cache->pop_back();
    }
    return cache->front().rules;
}

std::shared_ptr<const CalendarInForce> current_calendar(const std::optional<core::TypedId>& id) {
    const auto rules = current_sla_rules();
    return id ? rules->calendar(core::format_typed_id(*id)) : rules->calendar(std::nullopt);
}

pg::Oid sla_rules_signal() {
    return pg::relation_oid("policies", signal_relation);
}

} // namespace policies
