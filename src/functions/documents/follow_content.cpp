#include <algorithm>
#include <array>
#include <span>

#include "core/policies/policy_rules.hpp"
#include "functions/policies/policy_settings.hpp"
#include "functions/policies/policy_tables.hpp"
#include "pg/function.hpp"

namespace policies {

// The trigger that follows the content of policies: since when each has it and who wrote it, and the words by
// which it is searched. What it writes belongs to policies_admin, which is made sure of each time, and is
// written with its rights: another owner's triggers would run with them.

namespace {

struct PolicyColumns : pg::ColumnSet {
    pg::Column<std::string_view> tenant_id{*this, "tenant_id"};
    pg::Column<std::string_view> id{*this, "id"};
    pg::Column<std::string_view> app_id{*this, "app_id"};
    pg::Column<core::Instant> updated_at{*this, "updated_at"};
    pg::Column<std::string_view> updated_by{*this, "updated_by"};
    pg::Column<bool> is_deleted{*this, "is_deleted"};
    pg::Column<std::string_view> status{*this, "status"};
    pg::Column<std::string_view> name{*this, "name"};
    pg::Column<std::string_view> description{*this, "description"};
    pg::Column<std::string_view> body{*this, "body"};
    pg::Column<std::string_view> category{*this, "category"};
    pg::Column<pg::JsonView> tags{*this, "tags"};
    pg::Column<std::string_view> owner_id{*this, "owner_id"};
};

/// A policy's row before and after a write.
using Change = pg::RowTriggerOf<PolicyColumns>;

constexpr PolicyColumns columns{};

/// The columns of a policy's content, found by the compiler.
constexpr auto content_columns = [] {
    std::array<pg::AnyColumn, std::size(core::content_fields)> found{};
    std::ranges::transform(core::content_fields, found.begin(), [](std::string_view field) {
        return *std::ranges::find(columns.columns(), field, &pg::AnyColumn::name);
    });
    return found;
}();

/// True while this trigger writes, which then needs no look at what is there already.
bool is_following = false;

bool changes_any(const Change& change, std::span<const pg::AnyColumn> looked_at) {
    return change.is_insert() || std::ranges::any_of(looked_at, [&change](const pg::AnyColumn& column) {
               return change.changes(column);
           });
}

/// Whether what the policy is found by changes beside its content: what searches filter by.
bool changes_filters(const Change& change) {
    return changes_any(change, std::array<pg::AnyColumn, 4>{columns.app_id, columns.is_deleted,
                                                            columns.status, columns.owner_id});
}

bool is_closed(const pg::TableRow& row) {
    return row.get(columns.is_deleted).value_or(false) || row.get(columns.status) == "inactive";
}

/// Whether the policy is retired or deleted by the write.
bool closes(const Change& change) {
    return !change.is_insert() && is_closed(change.row()) && !is_closed(change.old_row());
}

/// Where approvals are required, an edit must be somebody's: its author could approve it otherwise.
void require_author(const Change& change) {
    const auto& claims = pg::current_context().claims;
    if (!claims || claims->person_id) {
        return;
    }
    const std::string tenant = claims->tenant_id;
    const auto app_id = change.row().get(columns.app_id);
    if (settings_of(tenant, app_id ? std::optional<std::string>(*app_id) : std::nullopt).required_approvals >
        0) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "only a person can edit a policy whose publication requires approvals",
                  .detail = "The caller's claims name no person, and an author cannot approve."});
    }
}

constinit pg::Statement write_draft{
    .sql = "INSERT INTO policies.policy_drafts (id, tenant_id, app_id, content_since, author_ids) "
           "VALUES ($1, $2, $3, $4, CASE WHEN $5 IS NULL THEN '{}' ELSE ARRAY[$5] END) "
           "ON CONFLICT (tenant_id, id) DO UPDATE SET content_since = excluded.content_since, "
           "author_ids = CASE WHEN $5 IS NULL OR $5 = ANY (policy_drafts.author_ids) "
           "THEN policy_drafts.author_ids ELSE array_append(policy_drafts.author_ids, $5) END"};

constinit pg::Statement remove_draft{
    .sql = "DELETE FROM policies.policy_drafts WHERE tenant_id = $1 AND id = $2"};

void follow_draft(const Change& change) {
    const auto row = change.row();
    pg::execute(write_draft, row.get(columns.id), row.get(columns.tenant_id), row.get(columns.app_id),
                row.get(columns.updated_at), row.get(columns.updated_by));
}

/// The language is looked up by a subquery of its own, which OFFSET 0 keeps apart. As an argument, search_language()
/// would keep the planner from inlining search_document(), which uses its language several times, and a function
/// in SQL that is not inlined is parsed and planned at each call.
constinit pg::Statement write_words{
    .sql = "INSERT INTO policies.policy_search "
           "(tenant_id, policy_id, app_id, category, status, owner_id, tags, document) "
           "SELECT p.tenant_id, p.id, p.app_id, p.category, p.status, p.owner_id, p.tags, "
           "policies.search_document(policies.search_labels(p.tenant_id, p.category, p.status, p.owner_id), "
           "p.name, p.description, p.tags, p.body, l.language) "
           "FROM policies.policies p "
           "CROSS JOIN LATERAL (SELECT policies.search_language(p.tenant_id) AS language OFFSET 0) AS l "
           "WHERE p.tenant_id = $1 AND p.id = $2 "
           "ON CONFLICT (tenant_id, policy_id) DO UPDATE SET app_id = excluded.app_id, "
           "category = excluded.category, status = excluded.status, owner_id = excluded.owner_id, "
           "tags = excluded.tags, document = excluded.document"};

constinit pg::Statement remove_words{
    .sql = "DELETE FROM policies.policy_search WHERE tenant_id = $1 AND policy_id = $2"};

/// Live policies alone are searched.
void follow_words(const Change& change) {
    pg::register_owner("policy_search");
    const auto row = change.row();
    const bool is_deleted = row.get(columns.is_deleted).value_or(false);
    pg::execute(is_deleted ? remove_words : write_words, row.get(columns.tenant_id), row.get(columns.id));
}

/// What belongs to a policy follows it to another application.
void follow_application(const Change& change) {
    const auto row = change.row();
    for (const auto& table : policy_tables) {
        if (table.name == "policies") {
            continue;
        }
        pg::register_owner(table.name);
        pg::execute("UPDATE policies." + std::string(table.name) +
                        " SET app_id = $3 WHERE tenant_id = $1 AND " + std::string(table.policy_column) +
                        " = $2",
                    row.get(columns.tenant_id), row.get(columns.id), row.get(columns.app_id));
    }
}

void close_acknowledgements(const Change& change) {
    pg::register_owner("policy_acknowledgements");
    const auto row = change.row();
    pg::execute(
        "UPDATE policies.policy_acknowledgements SET superseded_at = $3 "
        "WHERE tenant_id = $1 AND policy_id = $2 AND acknowledged_at IS NULL AND superseded_at IS NULL",
        row.get(columns.tenant_id), row.get(columns.id), row.get(columns.updated_at));
}

void follow_content(Change& change) {
    const bool changes_content = changes_any(change, content_columns);
    // What moves to another application, is retired or deleted changes what searches filter by: for any other write
    // there is nothing to follow. The tenant and the id stay: the draft's foreign key keeps them.
    if (!changes_content && !changes_filters(change)) {
        return;
    }

    struct Following {
        Following() { is_following = true; }

        ~Following() { is_following = false; }
    } const following;

    if (changes_content) {
        require_author(change);
    }
    const pg::AsOwner owner("policy_drafts");
    if (changes_content) {
        follow_draft(change);
    }
    follow_words(change);
    if (!change.is_insert() && change.changes(columns.app_id)) {
        follow_application(change);
    }
    if (closes(change)) {
        close_acknowledgements(change);
    }
}

/// A text column, as a statement's parameter.
pg::Parameter text_of(const pg::RowTrigger& trigger, std::string_view name) {
    for (const auto& column : trigger.stored_columns()) {
        if (column.name == name && column.base_type == pg::type::text) {
            return trigger.row().parameter(column);
        }
    }
    pg::fail({.code = core::ErrorCode::undefined_column,
              .message = "table " + core::quoted(trigger.table_name()) + " has no column " +
                         core::quoted(name) + " of the type text"});
}

/// A restore of data alone fires the policies' trigger first: the rows it made then give way to those that
/// are restored.
void replace_known_row(pg::RowTriggerOf<pg::ColumnSet>& trigger) {
    if (is_following) {
        return;
    }
    const bool is_draft = trigger.table_name() == "policy_drafts";
    const std::array key{text_of(trigger, "tenant_id"), text_of(trigger, is_draft ? "id" : "policy_id")};
    const pg::Execution removal(is_draft ? remove_draft : remove_words, key);
}

} // namespace

POLICIES_FUNCTION(follow_content);
POLICIES_FUNCTION(replace_known_row);

} // namespace policies
