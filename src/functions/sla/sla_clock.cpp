#include "core/calendar/business_clock.hpp"
#include "core/sla/sla_status.hpp"
#include "functions/sla/sla_rules.hpp"
#include "pg/guard.hpp"
#include "pg/values.hpp"

extern "C" {
#include "utils/multirangetypes.h"
#include "utils/typcache.h"
}

// The SLA clock in SQL: business time, deadlines and how a ticket stands. All of them only read.

namespace {

using namespace policies;

constexpr core::Duration microseconds_per_minute = 60 * core::microseconds_per_second;

/// What a call site keeps between its calls.
struct CallSite {
    TupleDesc result;
    TypeCacheEntry* multirange;
};

CallSite& call_site(FunctionCallInfo fcinfo) {
    if (fcinfo->flinfo->fn_extra == nullptr) {
        pg::call([&] {
            fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallSite));
        });
    }
    return *static_cast<CallSite*>(fcinfo->flinfo->fn_extra);
}

/// A finite instant, argument n.
core::Instant instant_argument(FunctionCallInfo fcinfo, int n, const char* name) {
    const TimestampTz instant = PG_GETARG_TIMESTAMPTZ(n);
    if (!pg::is_finite(instant)) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = std::string(name) + " must be a finite time, not " +
                             (instant > 0 ? "infinity" : "-infinity")});
    }
    return instant;
}

std::optional<core::Instant> optional_instant_argument(FunctionCallInfo fcinfo, int n, const char* name) {
    return PG_ARGISNULL(n) ? std::nullopt : std::optional(instant_argument(fcinfo, n, name));
}

/// The bounds of a range of times, infinity as the lowest and highest instant.
core::Pause pause_of(TypeCacheEntry* range_type, RangeType* range) {
    RangeBound lower;
    RangeBound upper;
    bool is_empty = false;
    range_deserialize(range_type, range, &lower, &upper, &is_empty);
    return {.from = lower.infinite ? DT_NOBEGIN : DatumGetTimestampTz(lower.val),
            .until = upper.infinite ? DT_NOEND : DatumGetTimestampTz(upper.val)};
}

/// The pauses in argument n, a tstzmultirange: PostgreSQL keeps it sorted and its parts disjoint.
std::vector<core::Pause> pauses_argument(FunctionCallInfo fcinfo, int n) {
    std::vector<core::Pause> pauses;
    if (PG_ARGISNULL(n)) {
        return pauses;
    }
    auto& site = call_site(fcinfo);
    MultirangeType* multirange = nullptr;
    RangeType** ranges = nullptr;
    int32 count = 0;
    pg::call([&] {
        multirange = DatumGetMultirangeTypeP(PG_GETARG_DATUM(n));
        if (multirange->rangeCount > 0) {
            site.multirange = lookup_type_cache(MultirangeTypeGetOid(multirange), TYPECACHE_MULTIRANGE_INFO);
            multirange_deserialize(site.multirange->rngtype, multirange, &count, &ranges);
        }
    });
    for (int32 number = 0; number < count; ++number) {
        core::Pause pause{};
        pg::call([&] { pause = pause_of(site.multirange->rngtype, ranges[number]); });
        pauses.push_back(pause);
    }
    return pauses;
}

/// The calendar whose id is argument n, the caller's default where it is NULL.
std::shared_ptr<const CalendarInForce> calendar_argument(FunctionCallInfo fcinfo, int n) {
    const auto rules = current_sla_rules();
    if (PG_ARGISNULL(n)) {
        return rules->calendar(std::nullopt);
    }
    return rules->calendar(pg::typed_id_argument(fcinfo, n));
}

/// Fails for a number of minutes that says how long something is, and is negative.
void require_not_negative(std::int32_t minutes, const char* name) {
    if (minutes < 0) {
        pg::fail({.code = core::ErrorCode::invalid_argument,
                  .message = std::string(name) + " must not be negative: " + std::to_string(minutes)});
    }
}

double minutes_of(core::Duration duration) {
    return static_cast<double>(duration) / static_cast<double>(microseconds_per_minute);
}

/// A row of the function's result.
class ResultRow {
public:
    explicit ResultRow(FunctionCallInfo fcinfo) : fcinfo_(fcinfo) {}

    void add(std::optional<Datum> value) {
        values_[count_] = value.value_or(Datum{0});
        is_null_[count_] = !value;
        ++count_;
    }

    void add_text(const std::optional<std::string>& text) {
        add(text ? std::optional(pg::text_datum(*text)) : std::nullopt);
    }

    void add_integer(std::optional<std::int32_t> number) {
        add(number ? std::optional(Int32GetDatum(*number)) : std::nullopt);
    }

    void add_instant(std::optional<core::Instant> instant) {
        add(instant ? std::optional(TimestampTzGetDatum(*instant)) : std::nullopt);
    }

    /// As the value of a function that returns one row.
    Datum datum() {
        return pg::call([&] {
            auto& site = *static_cast<CallSite*>(fcinfo_->flinfo->fn_extra);
            if (site.result == nullptr) {
                const MemoryContext previous = MemoryContextSwitchTo(fcinfo_->flinfo->fn_mcxt);
                get_call_result_type(fcinfo_, nullptr, &site.result);
                site.result = BlessTupleDesc(CreateTupleDescCopy(site.result));
                MemoryContextSwitchTo(previous);
            }
            return HeapTupleGetDatum(heap_form_tuple(site.result, values_.data(), is_null_.data()));
        });
    }

    /// As a further row of a function that returns a set; InitMaterializedSRF() came before.
    void put() {
        pg::call([&] {
            auto* const set = reinterpret_cast<ReturnSetInfo*>(fcinfo_->resultinfo);
            tuplestore_putvalues(set->setResult, set->setDesc, values_.data(), is_null_.data());
        });
    }

private:
    FunctionCallInfo fcinfo_;
    std::array<Datum, 8> values_{};
    std::array<bool, 8> is_null_{};
    std::size_t count_{0};
};

/// When a target of so many minutes is due; nothing without a target, or where a pause without end stops the
/// clock.
std::optional<core::Instant> due_at(const CalendarInForce& calendar, core::Instant opened_at,
                                    std::optional<std::int32_t> minutes,
                                    std::span<const core::Pause> pauses) {
    if (!minutes) {
        return std::nullopt;
    }
    return pg::unwrap(calendar.clock.add(opened_at, *minutes * microseconds_per_minute, pauses));
}

/// The policy that the arguments (ticket_type, priority) name; null where none applies, or one of them is
/// NULL.
const TargetsInForce* targets_argument(FunctionCallInfo fcinfo, const SlaRules& rules) {
    return PG_ARGISNULL(0) || PG_ARGISNULL(1)
               ? nullptr
               : rules.targets(pg::text_argument(fcinfo, 0), pg::text_argument(fcinfo, 1));
}

} // namespace

/// add_business_minutes(start_at, minutes, calendar_id, pauses)
POLICIES_RAW_FUNCTION(add_business_minutes) {
    pg::require_arguments(fcinfo, {"start_at", "minutes"});
    const auto start = instant_argument(fcinfo, 0, "start_at");
    const auto pauses = pauses_argument(fcinfo, 3);
    const auto end = due_at(*calendar_argument(fcinfo, 2), start, PG_GETARG_INT32(1), pauses);
    if (!end) {
        PG_RETURN_NULL();
    }
    return TimestampTzGetDatum(*end);
}

/// business_minutes_between(start_at, end_at, calendar_id, pauses)
POLICIES_RAW_FUNCTION(business_minutes_between) {
    pg::require_arguments(fcinfo, {"start_at", "end_at"});
    const auto start = instant_argument(fcinfo, 0, "start_at");
    const auto end = instant_argument(fcinfo, 1, "end_at");
    const auto pauses = pauses_argument(fcinfo, 3);
    return Float8GetDatum(minutes_of(calendar_argument(fcinfo, 2)->clock.between(start, end, pauses)));
}

/// is_business_time(instant, calendar_id)
POLICIES_RAW_FUNCTION(is_business_time) {
    pg::require_arguments(fcinfo, {"instant"});
    const auto instant = instant_argument(fcinfo, 0, "instant");
    return BoolGetDatum(calendar_argument(fcinfo, 1)->clock.is_open(instant));
}

/// next_business_opening(instant, calendar_id)
POLICIES_RAW_FUNCTION(next_business_opening) {
    pg::require_arguments(fcinfo, {"instant"});
    const auto instant = instant_argument(fcinfo, 0, "instant");
    return TimestampTzGetDatum(pg::unwrap(calendar_argument(fcinfo, 1)->clock.next_opening(instant)));
}

/// current_business_calendar(as_of)
POLICIES_RAW_FUNCTION(current_business_calendar) {
    call_site(fcinfo);
    const auto calendar =
        current_sla_rules(optional_instant_argument(fcinfo, 0, "as_of"))->calendar(std::nullopt);
    ResultRow row(fcinfo);
    row.add_text(calendar->id);
    row.add_text(calendar->name);
    row.add_text(calendar->time_zone);
    return row.datum();
}

/// sla_policy_for(ticket_type, priority, as_of)
POLICIES_RAW_FUNCTION(sla_policy_for) {
    call_site(fcinfo);
    const auto rules = current_sla_rules(optional_instant_argument(fcinfo, 2, "as_of"));
    const auto* const targets = targets_argument(fcinfo, *rules);
    if (targets == nullptr) {
        PG_RETURN_NULL();
    }
    ResultRow row(fcinfo);
    row.add_text(targets->policy_id);
    row.add_text(targets->policy_name);
    row.add_integer(targets->first_response_minutes);
    row.add_integer(targets->resolution_minutes);
    row.add(BoolGetDatum(targets->business_hours_only));
    return row.datum();
}

/// sla_deadlines(ticket_type, priority, opened_at, pauses, as_of)
POLICIES_RAW_FUNCTION(sla_deadlines) {
    call_site(fcinfo);
    if (PG_ARGISNULL(2)) {
        pg::fail({.code = core::ErrorCode::missing_argument, .message = "opened_at must not be NULL"});
    }
    const auto opened_at = instant_argument(fcinfo, 2, "opened_at");
    const auto pauses = pauses_argument(fcinfo, 3);
    const auto rules = current_sla_rules(optional_instant_argument(fcinfo, 4, "as_of"));
    const auto* const targets = targets_argument(fcinfo, *rules);
    if (targets == nullptr) {
        PG_RETURN_NULL();
    }
    const auto calendar = rules->calendar_of(*targets);
    ResultRow row(fcinfo);
    row.add_text(targets->policy_id);
    row.add_instant(due_at(*calendar, opened_at, targets->first_response_minutes, pauses));
    row.add_instant(due_at(*calendar, opened_at, targets->resolution_minutes, pauses));
    row.add_text(calendar->id);
    row.add_text(calendar->name);
    return row.datum();
}

/// sla_status(ticket_type, priority, opened_at, first_responded_at, resolved_at, pauses, at_instant,
/// at_risk_minutes, as_of)
POLICIES_RAW_FUNCTION(sla_status) {
    pg::call([&] { InitMaterializedSRF(fcinfo, 0); });
    for (const auto& [number, name] :
         {std::pair{2, "opened_at"}, {6, "at_instant"}, {7, "at_risk_minutes"}}) {
        if (PG_ARGISNULL(number)) {
            pg::fail({.code = core::ErrorCode::missing_argument,
                      .message = std::string(name) + " must not be NULL"});
        }
    }
    const core::Ticket ticket{.opened_at = instant_argument(fcinfo, 2, "opened_at"),
                              .first_responded_at =
                                  optional_instant_argument(fcinfo, 3, "first_responded_at"),
                              .resolved_at = optional_instant_argument(fcinfo, 4, "resolved_at"),
                              .pauses = pauses_argument(fcinfo, 5)};
    const auto at_instant = instant_argument(fcinfo, 6, "at_instant");
    const std::int32_t at_risk_minutes = PG_GETARG_INT32(7);
    require_not_negative(at_risk_minutes, "at_risk_minutes");
    const auto rules = current_sla_rules(optional_instant_argument(fcinfo, 8, "as_of"));
    const auto* const targets = targets_argument(fcinfo, *rules);
    if (targets == nullptr) {
        return Datum{0};
    }
    const auto calendar = rules->calendar_of(*targets);
    for (const auto target : {core::Target::first_response, core::Target::resolution}) {
        const auto minutes = target == core::Target::first_response ? targets->first_response_minutes
                                                                    : targets->resolution_minutes;
        if (!minutes) {
            continue;
        }
        const auto status =
            pg::unwrap(core::sla_status(calendar->clock, ticket, target, *minutes * microseconds_per_minute,
                                        at_instant, at_risk_minutes * microseconds_per_minute));
        ResultRow row(fcinfo);
        row.add(pg::text_datum(core::word(target)));
        row.add(pg::text_datum(core::word(status.state)));
        row.add_instant(status.due_at);
        row.add(Float8GetDatum(minutes_of(status.time_left)));
        row.add(BoolGetDatum(status.is_at_risk));
        row.add_text(targets->policy_id);
        row.put();
    }
    return Datum{0};
}
