#include "core/policies/policy_rules.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "catalog/pg_class.h"
#include "common/hashfn.h"
#include "storage/lmgr.h"
}

// At most one active SLA policy per tenant, app scope, priority and ticket type: the trigger that keeps the
// coverage table, whose unique key decides between concurrent writers.

namespace {

using namespace policies;

/// True while the trigger itself writes the coverage, which then needs no look at what is there already.
bool is_taking = false;

/// The tickets that one version of a policy governs; no types when it governs none.
struct Coverage {
    std::string app_scope;
    std::string priority;
    std::vector<std::string> ticket_types;

    bool operator==(const Coverage&) const = default;
};

/// Reads columns of a policy's row by name.
class PolicyRow {
public:
    PolicyRow(Relation table, HeapTuple row) : table_(table), row_(row) {}

    std::optional<std::string> text(const char* column) const {
        const auto value = field(column, TEXTOID);
        return value.is_null ? std::nullopt : std::optional<std::string>(pg::text_view(value.value));
    }

    bool is_true(const char* column) const {
        const auto value = field(column, BOOLOID);
        return !value.is_null && DatumGetBool(value.value);
    }

    std::optional<std::string_view> json(const char* column) const {
        const auto value = field(column, JSONBOID);
        return value.is_null ? std::nullopt : std::optional<std::string_view>(pg::jsonb_text(value.value));
    }

private:
    pg::Field field(const char* column, Oid type) const {
        const AttrNumber number = pg::call([&] { return pg::column_number(table_, column, type); });
        return pg::field_of(row_, RelationGetDescr(table_), number);
    }

    Relation table_;
    HeapTuple row_;
};

Coverage coverage_of(const PolicyRow& row) {
    const auto priority = row.text("priority");
    const auto applies_to = row.json("applies_to");
    if (row.is_true("is_deleted") || row.text("status") != "active" || !priority || !applies_to) {
        return {};
    }
    auto types = pg::unwrap(core::parse_ticket_types(*applies_to));
    if (types.empty()) {
        return {};
    }
    return {.app_scope = row.text("app_id").value_or(""),
            .priority = *priority,
            .ticket_types = std::move(types)};
}

/// A policy as the errors name it.
std::string described(const std::optional<std::string>& name, const std::string& id) {
    return name ? core::quoted(*name) + " (" + id + ")" : id;
}

struct Policy {
    std::string tenant_id;
    std::string id;
    std::optional<std::string> name;
};

// Operators are qualified: these statements run with the owner's rights under the caller's search_path.
void release(const Policy& policy, const Coverage& kept) {
    pg::execute("DELETE FROM policies.sla_coverage WHERE tenant_id OPERATOR(pg_catalog.=) $1 "
                "AND policy_id OPERATOR(pg_catalog.=) $2 AND NOT (app_scope OPERATOR(pg_catalog.=) $3 "
                "AND priority OPERATOR(pg_catalog.=) $4 AND ticket_type OPERATOR(pg_catalog.=) ANY ($5))",
                {pg::text_parameter(policy.tenant_id), pg::text_parameter(policy.id),
                 pg::text_parameter(kept.app_scope), pg::text_parameter(kept.priority),
                 pg::text_array_parameter(kept.ticket_types)});
}

/// Lets one writer at a time change a tenant's coverage, until its transaction ends: two statements that
/// exchange their keys would wait for each other for ever. No SQL can take this lock, as it could an advisory
/// one. Tenants that share a hash share their turn.
void wait_for_turn(Relation table, const Policy& policy) {
    const auto hash = hash_bytes(reinterpret_cast<const unsigned char*>(policy.tenant_id.data()),
                                 static_cast<int>(policy.tenant_id.size()));
    pg::call([&] {
        LockDatabaseObject(RelationRelationId, RelationGetRelid(table), static_cast<uint16>(hash),
                           ExclusiveLock);
    });
}

void take(const Policy& policy, const Coverage& coverage) {
    struct Taking {
        Taking() { is_taking = true; }

        ~Taking() { is_taking = false; }
    } const taking;

    pg::execute("INSERT INTO policies.sla_coverage (tenant_id, app_scope, priority, ticket_type, policy_id) "
                "SELECT $1, $3, $4, t.ticket_type, $2 FROM pg_catalog.unnest($5) AS t (ticket_type) "
                "ON CONFLICT DO NOTHING",
                {pg::text_parameter(policy.tenant_id), pg::text_parameter(policy.id),
                 pg::text_parameter(coverage.app_scope), pg::text_parameter(coverage.priority),
                 pg::text_array_parameter(coverage.ticket_types)});
}

/// The first ticket type that another policy governs, with that policy's id and name.
std::vector<pg::Row> find_conflict(const Policy& policy, const Coverage& coverage) {
    return pg::query("SELECT c.ticket_type, c.policy_id, p.name FROM policies.sla_coverage c "
                     "JOIN policies.policies p ON p.tenant_id OPERATOR(pg_catalog.=) c.tenant_id "
                     "  AND p.id OPERATOR(pg_catalog.=) c.policy_id "
                     "WHERE c.tenant_id OPERATOR(pg_catalog.=) $1 AND c.policy_id OPERATOR(pg_catalog.<>) $2 "
                     "  AND c.app_scope OPERATOR(pg_catalog.=) $3 AND c.priority OPERATOR(pg_catalog.=) $4 "
                     "  AND c.ticket_type OPERATOR(pg_catalog.=) ANY ($5) ORDER BY c.ticket_type LIMIT 1",
                     {pg::text_parameter(policy.tenant_id), pg::text_parameter(policy.id),
                      pg::text_parameter(coverage.app_scope), pg::text_parameter(coverage.priority),
                      pg::text_array_parameter(coverage.ticket_types)});
}

void keep_coverage(const Policy& policy, const Coverage& coverage) {
    release(policy, coverage);
    take(policy, coverage);
    const auto conflict = find_conflict(policy, coverage);
    if (!conflict.empty()) {
        const auto& row = conflict.front();
        pg::fail(
            {.code = core::ErrorCode::already_covered,
             .message = "policy " + described(row[2], row[1].value()) +
                        " already applies to tickets of type " + core::quoted(row[0].value()) +
                        " at priority " + core::quoted(coverage.priority),
             .detail = "Policy " + described(policy.name, policy.id) +
                       " cannot apply to them as well: each priority has at most one active SLA policy per "
                       "ticket type.",
             .hint = "Set one of them inactive, or change its priority or applies_to."});
    }
}

} // namespace

POLICIES_RAW_FUNCTION(cover_ticket_types) {
    const auto* const trigger = pg::trigger_data(fcinfo, "cover_ticket_types");
    const Relation table = trigger->tg_relation;
    const PolicyRow row(table, pg::row_of(trigger));
    const auto coverage = coverage_of(row);
    const auto previous =
        pg::fired_by_update(trigger) ? coverage_of(PolicyRow(table, trigger->tg_trigtuple)) : Coverage{};
    if (coverage != previous) {
        const Policy policy{.tenant_id = row.text("tenant_id").value(),
                            .id = row.text("id").value(),
                            .name = row.text("name")};
        wait_for_turn(table, policy);
        const pg::SpiSession session;
        const pg::RunAs owner(pg::register_owner("sla_coverage"));
        keep_coverage(policy, coverage);
    }
    return Datum{0};
}

/// A restore of data alone fires the policies' trigger first: the rows it made are then restored once more.
POLICIES_RAW_FUNCTION(skip_known_coverage) {
    const auto* const trigger = pg::trigger_data(fcinfo, "skip_known_coverage");
    const PolicyRow row(trigger->tg_relation, trigger->tg_trigtuple);
    bool is_known = false;
    if (!is_taking) {
        const pg::SpiSession session;
        is_known =
            !pg::query("SELECT FROM policies.sla_coverage WHERE tenant_id OPERATOR(pg_catalog.=) $1 "
                       "AND app_scope OPERATOR(pg_catalog.=) $2 AND priority OPERATOR(pg_catalog.=) $3 "
                       "AND ticket_type OPERATOR(pg_catalog.=) $4 AND policy_id OPERATOR(pg_catalog.=) $5",
                       {pg::text_parameter(row.text("tenant_id")), pg::text_parameter(row.text("app_scope")),
                        pg::text_parameter(row.text("priority")), pg::text_parameter(row.text("ticket_type")),
                        pg::text_parameter(row.text("policy_id"))})
                 .empty();
    }
    return PointerGetDatum(is_known ? nullptr : trigger->tg_trigtuple);
}
