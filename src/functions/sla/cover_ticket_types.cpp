#include "core/policies/policy_rules.hpp"
#include "pg/function.hpp"

// At most one active SLA policy per tenant, app scope, priority and ticket type: the triggers of the coverage
// table, whose unique key decides between concurrent writers. The rule holds at the end of a statement: each
// row gives up what its policy covers no more, and behind the last row each policy takes what it covers now.

namespace policies {

namespace {

/// Whether take_ticket_types() itself writes the coverage, which then needs no look at what is there
/// already.
bool is_covering = false;

struct PolicyColumns : pg::ColumnSet {
    pg::Column<std::string> tenant_id{*this, "tenant_id"};
    pg::Column<std::string> id{*this, "id"};
    pg::Column<std::string> app_id{*this, "app_id"};
    pg::Column<std::string> name{*this, "name"};
    pg::Column<std::string> priority{*this, "priority"};
    pg::Column<std::string_view> status{*this, "status"};
    pg::Column<pg::JsonView> applies_to{*this, "applies_to"};
    pg::Column<bool> is_deleted{*this, "is_deleted"};
};

inline constexpr PolicyColumns policy_columns;

/// The tickets that one version of a policy governs; no types when it governs none.
struct Coverage {
    std::string app_scope;
    std::string priority;
    std::vector<std::string> ticket_types;

    bool operator==(const Coverage&) const = default;
};

struct Policy {
    std::string tenant_id;
    std::string id;
    std::optional<std::string> name;
};

/// A policy that has still to take its coverage, as the trigger of rows leaves it to that of the statement.
struct Pending {
    std::uint64_t transaction;
    std::int32_t trigger_depth; ///< statements in triggers end before the one that fired them
    Policy policy;
};

/// Those of statements under way, and of statements that failed, which take nothing: what a policy covers is
/// read again.
std::vector<Pending>* pending = nullptr;

std::int32_t trigger_depth() {
    return pg::query_one<std::int32_t>("SELECT pg_trigger_depth()");
}

Coverage coverage_of(const pg::TableRow& row) {
    auto priority = row.get(policy_columns.priority);
    const auto applies_to = row.get(policy_columns.applies_to);
    if (row.get(policy_columns.is_deleted).value_or(false) || row.get(policy_columns.status) != "active" ||
        !priority || !applies_to) {
        return {};
    }
    auto types = pg::unwrap(core::parse_ticket_types(applies_to->text));
    if (types.empty()) {
        return {};
    }
    return {.app_scope = row.get(policy_columns.app_id).value_or(""),
            .priority = *std::move(priority),
            .ticket_types = std::move(types)};
}

/// A policy as the errors name it.
std::string described(const std::optional<std::string>& name, const std::string& id) {
    return name ? core::quoted(*name) + " (" + id + ")" : id;
}

void release(const Policy& policy, const Coverage& kept) {
    pg::execute("DELETE FROM policies.sla_coverage WHERE tenant_id = $1 AND policy_id = $2 "
                "AND NOT (app_scope = $3 AND priority = $4 AND ticket_type = ANY ($5))",
                policy.tenant_id, policy.id, kept.app_scope, kept.priority, kept.ticket_types);
}

void take(const Policy& policy, const Coverage& coverage) {
    struct Covering {
        Covering() { is_covering = true; }

        ~Covering() { is_covering = false; }
    } const covering;

    pg::execute(
        "INSERT INTO policies.sla_coverage (tenant_id, app_scope, priority, ticket_type, policy_id) "
        "SELECT $1, $3, $4, t.ticket_type, $2 FROM unnest($5) AS t (ticket_type) ON CONFLICT DO NOTHING",
        policy.tenant_id, policy.id, coverage.app_scope, coverage.priority, coverage.ticket_types);
}

/// A ticket type that another policy governs already, and that policy.
struct Conflict {
    std::string ticket_type;
    std::string policy_id;
    std::optional<std::string> policy_name;
};

/// The first such type.
std::optional<Conflict> find_conflict(const Policy& policy, const Coverage& coverage) {
    return pg::query_one<std::optional<Conflict>>(
        "SELECT c.ticket_type, c.policy_id, p.name FROM policies.sla_coverage c "
        "JOIN policies.policies p ON p.tenant_id = c.tenant_id AND p.id = c.policy_id "
        "WHERE c.tenant_id = $1 AND c.policy_id <> $2 AND c.app_scope = $3 AND c.priority = $4 "
        "AND c.ticket_type = ANY ($5) ORDER BY c.ticket_type LIMIT 1",
        policy.tenant_id, policy.id, coverage.app_scope, coverage.priority, coverage.ticket_types);
}

/// What a policy covers by now; no types when it covers nothing.
Coverage current_coverage(const Policy& policy) {
    struct Row {
        std::string app_scope;
        std::string priority;
        std::string applies_to;
    };

    auto found = pg::query_one<std::optional<Row>>(
        "SELECT coalesce(app_id, ''), priority, applies_to FROM policies.policies WHERE tenant_id = $1 AND "
        "id = $2 "
        "AND status = 'active' AND NOT is_deleted AND priority IS NOT NULL AND applies_to IS NOT NULL",
        policy.tenant_id, policy.id);
    if (!found) {
        return {};
    }
    return {.app_scope = std::move(found->app_scope),
            .priority = std::move(found->priority),
            .ticket_types = pg::unwrap(core::parse_ticket_types(found->applies_to))};
}

void take_coverage(const Policy& policy) {
    const auto coverage = current_coverage(policy);
    take(policy, coverage);
    if (const auto conflict = find_conflict(policy, coverage)) {
        pg::fail(
            {.code = core::ErrorCode::already_covered,
             .message = "policy " + described(conflict->policy_name, conflict->policy_id) +
                        " already applies to tickets of type " + core::quoted(conflict->ticket_type) +
                        " at priority " + core::quoted(coverage.priority),
             .detail = "Policy " + described(policy.name, policy.id) +
                       " cannot apply to them as well: each priority has at most one active SLA policy per "
                       "ticket type.",
             .hint = "Set one of them inactive, or change its priority or applies_to."});
    }
}

/// The AFTER trigger of policies' rows that gives up what they cover no more. One writer at a time changes a
/// tenant's coverage, until its transaction ends: two statements that exchange their keys would wait for each
/// other for ever.
void cover_ticket_types(pg::RowTriggerOf<PolicyColumns>& trigger) {
    const auto row = trigger.row();
    const auto coverage = coverage_of(row);
    const auto previous = trigger.is_update() ? coverage_of(trigger.old_row()) : Coverage{};
    if (coverage == previous) {
        return;
    }
    const Policy policy{.tenant_id = row.get(policy_columns.tenant_id).value(),
                        .id = row.get(policy_columns.id).value(),
                        .name = row.get(policy_columns.name)};
    pg::take_turn(trigger.table_oid(), policy.tenant_id);
    const pg::AsOwner owner("sla_coverage");
    release(policy, coverage);
    if (coverage.ticket_types.empty()) {
        return;
    }
    if (pending == nullptr) {
        pending = new std::vector<Pending>;
    }
    std::erase_if(*pending, [](const Pending& left) { return left.transaction != pg::transaction_number(); });
    pending->push_back(
        {.transaction = pg::transaction_number(), .trigger_depth = trigger_depth(), .policy = policy});
}

/// The AFTER trigger of statements on policies that takes what their rows cover now.
void take_ticket_types(pg::Trigger&) {
    if (pending == nullptr || pending->empty()) {
        return;
    }
    const auto depth = trigger_depth();
    const auto is_due = [depth](const Pending& left) {
        return left.transaction == pg::transaction_number() && left.trigger_depth >= depth;
    };
    std::vector<Policy> taking;
    for (const auto& left : *pending) {
        if (is_due(left)) {
            taking.push_back(left.policy);
        }
    }
    std::erase_if(*pending, is_due);
    if (taking.empty()) {
        return;
    }
    const pg::AsOwner owner("sla_coverage");
    for (const auto& policy : taking) {
        take_coverage(policy);
    }
}

struct CoverageColumns : pg::ColumnSet {
    pg::Column<std::string> tenant_id{*this, "tenant_id"};
    pg::Column<std::string> app_scope{*this, "app_scope"};
    pg::Column<std::string> priority{*this, "priority"};
    pg::Column<std::string> ticket_type{*this, "ticket_type"};
    pg::Column<std::string> policy_id{*this, "policy_id"};
};

/// The BEFORE trigger of the coverage that passes over a row which is there already. pg_restore of data alone
/// fires the triggers: the policies' own one has made these rows by the time that pg_restore comes to those
/// of the coverage.
void skip_known_coverage(pg::RowTriggerOf<CoverageColumns>& trigger) {
    if (is_covering) {
        return;
    }
    const auto row = trigger.row();
    const auto& columns = trigger.columns;
    const bool is_known =
        pg::execute(
            "SELECT FROM policies.sla_coverage WHERE tenant_id = $1 AND app_scope = $2 AND priority = $3 "
            "AND ticket_type = $4 AND policy_id = $5",
            row.get(columns.tenant_id), row.get(columns.app_scope), row.get(columns.priority),
            row.get(columns.ticket_type), row.get(columns.policy_id)) > 0;
    if (is_known) {
        trigger.skip();
    }
}

} // namespace

POLICIES_FUNCTION(cover_ticket_types);
POLICIES_FUNCTION(take_ticket_types);
POLICIES_FUNCTION(skip_known_coverage);

} // namespace policies
