#include "functions/sla/sla_rules.hpp"

#include <list>

#include "core/policies/policy_rules.hpp"
#include "pg/compatibility.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/time_zone.hpp"
#include "pg/trigger.hpp"

extern "C" {
#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace policies {

namespace {

/// The relation whose invalidation tells every backend to read the rules anew. Of all that could, the one
/// whose plans are the fewest.
constexpr const char* signal_relation = "business_calendars";

constexpr std::size_t max_cached_scopes = 64;
/// Of one scope; compiled, each takes some 70 kB.
constexpr std::size_t max_cached_calendars = 64;

/// Counts what may have changed the rules, or who may read them.
std::uint64_t changes = 0;

/// What the rules are read from: any change of these tables or of who may read them counts.
constexpr std::array<const char*, 2> source_relations{signal_relation, "policies"};
std::array<Oid, source_relations.size()> watched_relations{};

struct CachedRules {
    std::string tenant_id;
    std::optional<std::string> app_id;
    Oid role;
    std::optional<TimestampTz> as_of;
    std::uint64_t changes;
    bool is_of_transaction; ///< read under a snapshot that later transactions do not share
    std::shared_ptr<SlaRules> rules;

    bool serves(const core::Claims& caller, Oid current_role, std::optional<TimestampTz> instant) const {
        return changes == policies::changes && role == current_role && as_of == instant &&
               tenant_id == caller.tenant_id && app_id == caller.app_id;
    }
};

/// The most recently used first.
std::list<CachedRules>* cache = nullptr;

void on_relation_change(Datum, Oid relation) {
    if (!OidIsValid(relation) || std::ranges::find(watched_relations, relation) != watched_relations.end()) {
        ++changes;
    }
}

void on_membership_change(Datum, pg::SystemCache, uint32) {
    ++changes;
}

void on_transaction_end(XactEvent event, void*) {
    if (cache != nullptr && event != XACT_EVENT_PRE_COMMIT && event != XACT_EVENT_PARALLEL_PRE_COMMIT &&
        event != XACT_EVENT_PRE_PREPARE) {
        std::erase_if(*cache, [](const CachedRules& cached) { return cached.is_of_transaction; });
    }
}

/// Hears of what others have committed, once for each snapshot that sees more than the one before. PostgreSQL
/// itself does so when a transaction first locks a table, and a statement may lock none. As long as a
/// snapshot's end is the same, the transactions that it takes for running can only become fewer.
void hear_of_changes() {
    static TransactionId end = InvalidTransactionId;
    static uint32 running = 0;
    static int32 running_below = 0;
    if (!ActiveSnapshotSet()) {
        return;
    }
    const Snapshot snapshot = GetActiveSnapshot();
    if (snapshot->xmax == end && snapshot->xcnt == running && snapshot->subxcnt == running_below) {
        return;
    }
    pg::call([] { AcceptInvalidationMessages(); });
    end = snapshot->xmax;
    running = snapshot->xcnt;
    running_below = snapshot->subxcnt;
}

/// Reads with what is committed now: with the snapshot of a statement that began before a change, the rules
/// would be those from before it, and nothing would tell of the change again.
class CurrentSnapshot {
public:
    CurrentSnapshot() : exceptions_at_start_(std::uncaught_exceptions()) {
        pg::call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
    }

    ~CurrentSnapshot() {
        // After an error PostgreSQL's clean-up does it.
        if (std::uncaught_exceptions() == exceptions_at_start_) {
            PopActiveSnapshot();
        }
    }

    CurrentSnapshot(const CurrentSnapshot&) = delete;
    CurrentSnapshot& operator=(const CurrentSnapshot&) = delete;

private:
    int exceptions_at_start_;
};

/// The rows of a table's versions that were in force at $3, or that are now where it is NULL; $1 is the
/// tenant.
std::string versions_in_force(const std::string& table, const std::string& columns,
                              const std::string& condition) {
    const std::string rows = "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND NOT is_deleted AND " + condition;
    return "SELECT " + columns + ", updated_at AS since FROM policies." + table + " " + rows +
           " AND ($3 IS NULL OR updated_at OPERATOR(pg_catalog.<=) $3) "
           "UNION ALL SELECT " +
           columns + ", valid_from FROM policies." + table + "_history " + rows +
           " AND valid_from OPERATOR(pg_catalog.<=) $3 AND valid_to OPERATOR(pg_catalog.>) $3";
}

/// The caller's own scope: an application's rows for it, and for a person those of no application.
constexpr const char* own_scope = "($2 IS NULL AND app_id IS NULL OR app_id OPERATOR(pg_catalog.=) $2)";

std::optional<std::int32_t> integer(const std::optional<std::string>& text) {
    return text ? std::optional<std::int32_t>(std::stoi(*text)) : std::nullopt;
}

TextMap<TextMap<TargetsInForce>> read_policies(const core::Claims& caller, std::optional<TimestampTz> as_of) {
    TextMap<TextMap<TargetsInForce>> policies;
    for (const auto& row : pg::read(
             versions_in_force("policies",
                               "priority, applies_to, id, name, first_response_minutes, resolution_minutes, "
                               "business_hours_only",
                               "status OPERATOR(pg_catalog.=) 'active' AND priority IS NOT NULL "
                               "AND applies_to IS NOT NULL AND " +
                                   std::string(own_scope)) +
                 " ORDER BY since",
             {pg::text_parameter(caller.tenant_id), pg::text_parameter(caller.app_id),
              pg::timestamp_parameter(as_of)})) {
        const TargetsInForce targets{.policy_id = row[2].value(),
                                     .policy_name = row[3],
                                     .first_response_minutes = integer(row[4]),
                                     .resolution_minutes = integer(row[5]),
                                     .business_hours_only = row[6] == "t"};
        for (const auto& ticket_type : pg::unwrap(core::parse_ticket_types(row[1].value()))) {
            policies[row[0].value()].insert_or_assign(ticket_type, targets);
        }
    }
    return policies;
}

/// Time zones are compiled from the server's files, which do not change under a running backend.
const core::TimeZone& time_zone(const std::string& name) {
    static TextMap<core::TimeZone>* zones = nullptr;
    if (zones == nullptr) {
        zones = new TextMap<core::TimeZone>;
    }
    auto found = zones->find(name);
    if (found == zones->end()) {
        found = zones->emplace(name, pg::read_time_zone(name)).first;
    }
    return found->second;
}

CalendarInForce compile(const pg::Row& row) {
    const auto zone = row[2].value();
    return {.id = row[0],
            .name = row[1].value_or(""),
            .time_zone = zone,
            .clock = pg::unwrap(core::BusinessClock::compile(
                pg::unwrap(core::parse_opening_hours(row[3].value())),
                pg::unwrap(core::parse_holidays(row[4].value())), time_zone(zone)))};
}

CalendarInForce always_open() {
    return {.id = std::nullopt,
            .name = "Around the clock",
            .time_zone = "UTC",
            .clock = core::BusinessClock::around_the_clock()};
}

CalendarInForce read_calendar(const core::Claims& caller, std::optional<TimestampTz> as_of,
                              std::optional<std::string_view> id) {
    const pg::SpiSession session;
    const CurrentSnapshot snapshot;
    const auto found =
        pg::read(versions_in_force(
                     "business_calendars", "id, name, time_zone, opening_hours, holidays",
                     id ? "id OPERATOR(pg_catalog.=) $4 AND ($2 IS NULL OR app_id OPERATOR(pg_catalog.=) $2)"
                        : "$4 IS NULL AND is_default AND " + std::string(own_scope)) +
                     " ORDER BY since DESC LIMIT 1",
                 {pg::text_parameter(caller.tenant_id), pg::text_parameter(caller.app_id),
                  pg::timestamp_parameter(as_of), pg::text_parameter(id)});
    if (!found.empty()) {
        return compile(found.front());
    }
    if (id) {
        pg::fail({.code = core::ErrorCode::not_found,
                  .message = "business calendar " + core::quoted(*id) + " does not exist"});
    }
    return always_open();
}

CachedRules read_rules(const core::Claims& caller, std::optional<TimestampTz> as_of) {
    const pg::SpiSession session;
    std::ranges::transform(source_relations, watched_relations.begin(),
                           [](const char* name) { return pg::relation_oid("policies", name); });
    if (!OidIsValid(watched_relations.front())) {
        pg::fail({.code = core::ErrorCode::wrong_object,
                  .message = "the register has no business calendars yet",
                  .hint = "An administrator calls policies.create_register()."});
    }
    // As it was before: a change that arrives during the reading must not get lost.
    const std::uint64_t changes_before = changes;
    const CurrentSnapshot snapshot;
    return {.tenant_id = caller.tenant_id,
            .app_id = caller.app_id,
            .role = GetUserId(),
            .as_of = as_of,
            .changes = changes_before,
            .is_of_transaction = as_of.has_value() || IsolationUsesXactSnapshot(),
            .rules = std::make_shared<SlaRules>(caller, as_of)};
}

} // namespace

SlaRules::SlaRules(core::Claims caller, std::optional<TimestampTz> as_of)
    : caller_(std::move(caller)), as_of_(as_of), policies_(read_policies(caller_, as_of_)) {}

const TargetsInForce* SlaRules::targets(std::string_view ticket_type, std::string_view priority) const {
    const auto of_priority = policies_.find(priority);
    if (of_priority == policies_.end()) {
        return nullptr;
    }
    const auto found = of_priority->second.find(ticket_type);
    return found == of_priority->second.end() ? nullptr : &found->second;
}

std::shared_ptr<const CalendarInForce> SlaRules::calendar(std::optional<std::string_view> id) {
    const auto key = id.value_or("");
    const auto known = calendars_.find(key);
    if (known != calendars_.end()) {
        return known->second;
    }
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

std::shared_ptr<SlaRules> current_sla_rules(std::optional<TimestampTz> as_of) {
    hear_of_changes();
    const auto& claims = pg::current_context().claims;
    if (!claims) {
        pg::fail(core::Error(claims.error()));
    }
    if (cache == nullptr) {
        cache = new std::list<CachedRules>;
    }
    const Oid role = GetUserId();
    if (!cache->empty() && cache->front().serves(*claims, role, as_of)) {
        return cache->front().rules;
    }
    std::erase_if(*cache, [](const CachedRules& cached) { return cached.changes != changes; });
    const auto found = std::ranges::find_if(
        *cache, [&](const CachedRules& cached) { return cached.serves(*claims, role, as_of); });
    if (found != cache->end()) {
        cache->splice(cache->begin(), *cache, found);
        return cache->front().rules;
    }
    // A copy: what reading does may change the context's cache.
    const core::Claims caller = *claims;
    cache->push_front(read_rules(caller, as_of));
    if (cache->size() > max_cached_scopes) {
        cache->pop_back();
    }
    return cache->front().rules;
}

void watch_sla_rules() {
    CacheRegisterRelcacheCallback(on_relation_change, 0);
    CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, on_membership_change, 0);
    RegisterXactCallback(on_transaction_end, nullptr);
}

} // namespace policies

/// The trigger, of rows or statements, on what the rules are read from. Only a signal: it changes no row.
POLICIES_RAW_FUNCTION(reset_sla_clocks) {
    if (!CALLED_AS_TRIGGER(fcinfo)) {
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("function \"policies.reset_sla_clocks\" works only as a trigger")));
    }
    const Oid schema = get_namespace_oid("policies", false);
    const Oid relation = get_relname_relid(policies::signal_relation, schema);
    if (OidIsValid(relation)) {
        CacheInvalidateRelcacheByRelid(relation);
    }
    return Datum{0};
}
