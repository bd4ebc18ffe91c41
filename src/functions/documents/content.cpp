#include "functions/policies/policy_settings.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "utils/datum.h"
}

// The trigger that follows the content of policies: since when each has it and who wrote it, and the words by
// which it is searched. What it writes belongs to policies_admin, which is made sure of each time, and is
// written with its rights: another owner's triggers would run with them.

namespace {

using namespace policies;

enum Column : int {
    tenant_id,
    id,
    app_id,
    updated_at,
    updated_by,
    is_deleted,
    status,
    name,
    description,
    body,
    category,
    tags,
    owner_id,
    column_count
};

constexpr std::array<pg::NeededColumn, column_count> columns{{
    {"tenant_id", TEXTOID},
    {"id", TEXTOID},
    {"app_id", TEXTOID},
    {"updated_at", TIMESTAMPTZOID},
    {"updated_by", TEXTOID},
    {"is_deleted", BOOLOID},
    {"status", TEXTOID},
    {"name", TEXTOID},
    {"description", TEXTOID},
    {"body", TEXTOID},
    {"category", TEXTOID},
    {"tags", JSONBOID},
    {"owner_id", TEXTOID},
}};

/// As in policies.policy_content().
constexpr std::array<Column, 5> content_columns{name, description, body, category, tags};

/// The tables whose rows carry their policy's app_id.
constexpr std::array<const char*, 5> records{"policy_versions", "policy_approvals", "policy_acknowledgements",
                                             "policy_reviews", "review_notices"};

struct Follower {
    std::array<AttrNumber, column_count> numbers;

    void build(FunctionCallInfo fcinfo) {
        numbers = pg::column_numbers(reinterpret_cast<TriggerData*>(fcinfo->context)->tg_relation, columns);
    }
};

/// True while this trigger writes, which then needs no look at what is there already.
bool is_following = false;

/// A policy's row before and after a write.
class Change {
public:
    Change(const TriggerData* trigger, const Follower& follower)
        : descriptor_(RelationGetDescr(trigger->tg_relation)), follower_(follower), row_(pg::row_of(trigger)),
          old_row_(pg::fired_by_update(trigger) ? trigger->tg_trigtuple : nullptr) {}

    std::optional<std::string> text(Column column) const { return text_of(row_, column); }

    TimestampTz updated_at() const {
        return DatumGetTimestampTz(pg::field_of(row_, descriptor_, follower_.numbers[::updated_at]).value);
    }

    bool is_insert() const { return old_row_ == nullptr; }

    bool changes(Column column) const {
        return is_insert() || pg::call([&] {
                   const auto before = pg::field_of(old_row_, descriptor_, follower_.numbers[column]);
                   const auto after = pg::field_of(row_, descriptor_, follower_.numbers[column]);
                   const auto& type = *TupleDescAttr(descriptor_, follower_.numbers[column] - 1);
                   return before.is_null != after.is_null ||
                          (!before.is_null &&
                           !datum_image_eq(before.value, after.value, type.attbyval, type.attlen));
               });
    }

    bool changes_content() const {
        return std::ranges::any_of(content_columns, [this](Column column) { return changes(column); });
    }

    /// Whether what the policy is found by changes, its words or what searches filter by.
    bool changes_search() const {
        return changes_content() || moves_tenant() || moves_application() || changes(is_deleted) ||
               changes(status) || changes(owner_id);
    }

    bool is_now_deleted() const { return is_deleted_in(row_); }

    bool moves_tenant() const { return !is_insert() && (changes(tenant_id) || changes(id)); }

    bool moves_application() const { return !is_insert() && changes(app_id); }

    /// Whether the policy is retired or deleted by the write.
    bool closes() const {
        const auto is_closed = [this](HeapTuple row) {
            return is_deleted_in(row) || text_of(row, status) == "inactive";
        };
        return !is_insert() && is_closed(row_) && !is_closed(old_row_);
    }

private:
    bool is_deleted_in(HeapTuple row) const {
        const auto deleted = pg::field_of(row, descriptor_, follower_.numbers[is_deleted]);
        return !deleted.is_null && DatumGetBool(deleted.value);
    }

    std::optional<std::string> text_of(HeapTuple row, Column column) const {
        const auto field = pg::field_of(row, descriptor_, follower_.numbers[column]);
        return field.is_null ? std::nullopt : std::optional<std::string>(pg::text_view(field.value));
    }

    TupleDesc descriptor_;
    const Follower& follower_;
    HeapTuple row_;
    HeapTuple old_row_;
};

/// Where approvals are required, an edit must be somebody's: its author could approve it otherwise.
void require_author(const Change& change) {
    const auto& claims = pg::current_context().claims;
    if (!claims || claims->person_id) {
        return;
    }
    const std::string tenant = claims->tenant_id;
    if (settings_of(tenant, change.text(app_id)).required_approvals > 0) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "only a person can edit a policy whose publication requires approvals",
                  .detail = "The caller's claims name no person, and an author cannot approve."});
    }
}

pg::KeptStatement write_draft{
    .sql = "INSERT INTO policies.policy_drafts (id, tenant_id, app_id, content_since, author_ids) "
           "VALUES ($1, $2, $3, $4, CASE WHEN $5 IS NULL THEN '{}' ELSE ARRAY[$5] END) "
           "ON CONFLICT (tenant_id, id) DO UPDATE SET content_since = excluded.content_since, "
           "author_ids = CASE WHEN $5 IS NULL OR $5 OPERATOR(pg_catalog.=) ANY (policy_drafts.author_ids) "
           "THEN policy_drafts.author_ids ELSE pg_catalog.array_append(policy_drafts.author_ids, $5) END"};

pg::KeptStatement remove_draft{
    .sql = "DELETE FROM policies.policy_drafts "
           "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND id OPERATOR(pg_catalog.=) $2"};

void follow_draft(const Change& change) {
    pg::execute(write_draft,
                {pg::text_parameter(change.text(id)), pg::text_parameter(change.text(tenant_id)),
                 pg::text_parameter(change.text(app_id)), pg::timestamp_parameter(change.updated_at()),
                 pg::text_parameter(change.text(updated_by))});
}

/// The language apart, so that search_document() is planned as part of the statement.
pg::KeptStatement write_words{
    .sql = "INSERT INTO policies.policy_search "
           "(tenant_id, policy_id, app_id, category, status, owner_id, tags, document) "
           "SELECT p.tenant_id, p.id, p.app_id, p.category, p.status, p.owner_id, p.tags, "
           "policies.search_document(policies.search_labels(p.tenant_id, p.category, p.status, p.owner_id), "
           "p.name, p.description, p.tags, p.body, l.language) "
           "FROM policies.policies p "
           "CROSS JOIN LATERAL (SELECT policies.search_language(p.tenant_id) AS language OFFSET 0) AS l "
           "WHERE p.tenant_id OPERATOR(pg_catalog.=) $1 AND p.id OPERATOR(pg_catalog.=) $2 "
           "ON CONFLICT (tenant_id, policy_id) DO UPDATE SET app_id = excluded.app_id, "
           "category = excluded.category, status = excluded.status, owner_id = excluded.owner_id, "
           "tags = excluded.tags, document = excluded.document"};

pg::KeptStatement remove_words{
    .sql = "DELETE FROM policies.policy_search "
           "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2"};

/// Live policies alone are searched.
void follow_words(const Change& change) {
    pg::register_owner("policy_search");
    pg::execute(change.is_now_deleted() ? remove_words : write_words,
                {pg::text_parameter(change.text(tenant_id)), pg::text_parameter(change.text(id))});
}

/// What belongs to a policy follows it to another application.
void follow_application(const Change& change) {
    const auto move = [&change](const std::string& table, const std::string& key) {
        pg::register_owner(table);
        pg::execute("UPDATE policies." + table +
                        " SET app_id = $3 WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND " + key +
                        " OPERATOR(pg_catalog.=) $2",
                    {pg::text_parameter(change.text(tenant_id)), pg::text_parameter(change.text(id)),
                     pg::text_parameter(change.text(app_id))});
    };
    move("policy_drafts", "id");
    move("policies_history", "id");
    for (const auto* const table : records) {
        move(table, "policy_id");
    }
}

void close_acknowledgements(const Change& change) {
    pg::register_owner("policy_acknowledgements");
    pg::execute("UPDATE policies.policy_acknowledgements SET superseded_at = $3 "
                "WHERE tenant_id OPERATOR(pg_catalog.=) $1 AND policy_id OPERATOR(pg_catalog.=) $2 "
                "AND acknowledged_at IS NULL AND superseded_at IS NULL",
                {pg::text_parameter(change.text(tenant_id)), pg::text_parameter(change.text(id)),
                 pg::timestamp_parameter(change.updated_at())});
}

} // namespace

POLICIES_RAW_FUNCTION(follow_content) {
    const auto* const trigger = pg::call([&] { return pg::trigger_data(fcinfo, "follow_content"); });
    const Change change(trigger, *pg::call([&] { return pg::statement_state<Follower>(fcinfo); }));
    const bool changes_content = change.changes_content();
    // Whatever else is followed, moves and closures, changes what searches filter by.
    if (!change.changes_search()) {
        return Datum{0};
    }

    struct Following {
        Following() { is_following = true; }

        ~Following() { is_following = false; }
    } const following;

    const pg::SpiSession session;
    if (changes_content) {
        require_author(change);
    }
    const pg::RunAs owner(pg::register_owner("policy_drafts"));
    if (changes_content) {
        follow_draft(change);
    }
    follow_words(change);
    if (change.moves_application()) {
        follow_application(change);
    }
    if (change.closes()) {
        close_acknowledgements(change);
    }
    return Datum{0};
}

/// A restore of data alone fires the policies' trigger first: the rows it made then give way to those that
/// are restored.
POLICIES_RAW_FUNCTION(replace_known_row) {
    const auto* const trigger = pg::call([&] { return pg::trigger_data(fcinfo, "replace_known_row"); });
    if (is_following) {
        return PointerGetDatum(trigger->tg_trigtuple);
    }
    const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
    const std::string table = pg::call([&] { return RelationGetRelationName(trigger->tg_relation); });
    const bool is_draft = table == "policy_drafts";
    const auto text = [&](const std::string& column) {
        const AttrNumber number =
            pg::call([&] { return pg::column_number(trigger->tg_relation, column.c_str(), TEXTOID); });
        return pg::text_view(pg::field_of(trigger->tg_trigtuple, descriptor, number).value);
    };
    const pg::SpiSession session;
    pg::execute(
        is_draft ? remove_draft : remove_words,
        {pg::text_parameter(text("tenant_id")), pg::text_parameter(text(is_draft ? "id" : "policy_id"))});
    return PointerGetDatum(trigger->tg_trigtuple);
}
