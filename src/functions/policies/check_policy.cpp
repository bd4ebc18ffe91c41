#include "core/policies/policy_rules.hpp"
#include "pg/guard.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

// The BEFORE trigger that checks a policy's fields. The table's CHECK constraints say the same; the trigger
// says it with the value at fault, which row security keeps out of a constraint's error.

namespace {

using namespace policies;

/// The columns that have rules.
enum Column : int {
    version,
    category,
    status,
    priority,
    source_type,
    tags,
    applies_to,
    first_response_minutes,
    resolution_minutes,
    review_cadence,
    published_at,
    next_review_at,
    column_count
};

constexpr std::array<pg::NeededColumn, column_count> columns{{
    {"version", TEXTOID},
    {"category", TEXTOID},
    {"status", TEXTOID},
    {"priority", TEXTOID},
    {"source_type", TEXTOID},
    {"tags", JSONBOID},
    {"applies_to", JSONBOID},
    {"first_response_minutes", INT4OID},
    {"resolution_minutes", INT4OID},
    {"review_cadence", INTERVALOID},
    {"published_at", TIMESTAMPTZOID},
    {"next_review_at", TIMESTAMPTZOID},
}};

struct Checker {
    std::array<AttrNumber, column_count> numbers;

    void build(FunctionCallInfo fcinfo) {
        numbers = pg::column_numbers(reinterpret_cast<TriggerData*>(fcinfo->context)->tg_relation, columns);
    }
};

/// The row's fields, read as the core's types.
class Reader {
public:
    Reader(const Checker& checker, TupleDesc descriptor, HeapTuple row)
        : checker_(checker), descriptor_(descriptor), row_(row) {}

    std::optional<Datum> datum(Column column) const {
        const auto field = pg::field_of(row_, descriptor_, checker_.numbers[column]);
        return field.is_null ? std::nullopt : std::optional<Datum>(field.value);
    }

    std::optional<std::string_view> text(Column column) const { return convert(column, pg::text_view); }

    std::optional<std::string_view> json(Column column) const { return convert(column, pg::jsonb_text); }

    std::optional<std::int32_t> integer(Column column) const {
        return convert(column, [](Datum value) { return DatumGetInt32(value); });
    }

    std::optional<core::Cadence> cadence(Column column) const {
        return convert(column, [](Datum value) { return pg::cadence_of(*DatumGetIntervalP(value)); });
    }

    core::Infinity infinity(Column column) const {
        const auto value = datum(column);
        if (!value || pg::is_finite(DatumGetTimestampTz(*value))) {
            return core::Infinity::none;
        }
        return DatumGetTimestampTz(*value) > 0 ? core::Infinity::positive : core::Infinity::negative;
    }

private:
    template <typename Convert>
    auto convert(Column column, Convert convert) const -> std::optional<decltype(convert(Datum{}))> {
        const auto value = datum(column);
        if (!value) {
            return std::nullopt;
        }
        return convert(*value);
    }

    const Checker& checker_;
    TupleDesc descriptor_;
    HeapTuple row_;
};

core::PolicyFields read_fields(const Reader& reader) {
    return {.version = reader.text(version),
            .category = reader.text(category),
            .status = reader.text(status),
            .priority = reader.text(priority),
            .source_type = reader.text(source_type),
            .tags_json = reader.json(tags),
            .applies_to_json = reader.json(applies_to),
            .first_response_minutes = reader.integer(first_response_minutes),
            .resolution_minutes = reader.integer(resolution_minutes),
            .review_cadence = reader.cadence(review_cadence),
            .published_at = reader.infinity(published_at),
            .next_review_at = reader.infinity(next_review_at)};
}

/// A bulk INSERT names NULL where one of its rows leaves out what another gives: the default applies all the
/// same.
HeapTuple fill_status(HeapTuple row, TupleDesc descriptor, AttrNumber number) {
    int column = number;
    Datum value = pg::text_datum(core::statuses[0]);
    bool is_null = false;
    return heap_modify_tuple_by_cols(row, descriptor, 1, &column, &value, &is_null);
}

} // namespace

POLICIES_RAW_FUNCTION(check_policy) {
    const auto* const trigger = pg::trigger_data(fcinfo, "check_policy");
    const auto& checker = *pg::statement_state<Checker>(fcinfo);
    const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
    const HeapTuple row = pg::row_of(trigger);
    const Reader reader(checker, descriptor, row);
    if (auto broken = core::find_broken_rule(read_fields(reader))) {
        pg::fail(std::move(broken->error), broken->field);
    }
    if (pg::fired_by_insert(trigger) && !reader.datum(status)) {
        return PointerGetDatum(fill_status(row, descriptor, checker.numbers[status]));
    }
    return PointerGetDatum(row);
}

POLICIES_RAW_FUNCTION(is_valid_ticket_types) {
    const auto json = pg::jsonb_text(PG_GETARG_DATUM(0));
    return BoolGetDatum(static_cast<bool>(core::parse_ticket_types(json)));
}
