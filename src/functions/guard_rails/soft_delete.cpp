#include "pg/function.hpp"

namespace policies {

namespace {

struct VersionColumns : pg::ColumnSet {
    pg::Column<std::string> tenant_id{*this, "tenant_id"};
    pg::Column<std::string> id{*this, "id"};
    pg::Column<core::Instant> updated_at{*this, "updated_at"};
};

using DeleteTrigger = pg::RowTriggerOf<VersionColumns>;
using UpdateTime = std::optional<core::Instant>;

/// A row of a live view as a statement meant it, and what became of it since.
class DeletedRow {
public:
    explicit DeletedRow(const DeleteTrigger& trigger)
        : view_(pg::qualified(trigger.schema_name(), trigger.table_name())),
          tenant_id_(trigger.row().get(trigger.columns.tenant_id)),
          id_(trigger.row().get(trigger.columns.id)) {}

    /// False where the row is not live, or not as it was at that time.
    bool mark_as_deleted(UpdateTime updated_at) const {
        return pg::execute(pg::Qualified{"UPDATE " + view_ + " SET is_deleted = true" + condition +
                                         " AND (updated_at OPERATOR(pg_catalog.=) $3 OR"
                                         " updated_at IS NULL AND $3 IS NULL)"},
                           tenant_id_, id_, updated_at) > 0;
    }

    /// As the transaction itself has left it, which is not to wait for itself: a trigger of another row that
    /// the same statement deletes, say.
    std::optional<UpdateTime> own_update() const {
        const auto found = pg::query<UpdateTime>(
            pg::OfStatement{"SELECT updated_at FROM " + view_ + condition}, tenant_id_, id_);
        return found.empty() ? std::nullopt : std::optional(found.front());
    }

    bool is_live() const {
        return pg::execute(pg::Qualified{"SELECT FROM " + view_ + condition}, tenant_id_, id_) > 0;
    }

    [[noreturn]] void fail() const {
        pg::fail({.code = core::ErrorCode::conflict,
                  .message = "row " + core::quoted(id_.value_or("")) + " of " + view_ +
                             " was changed while it was being deleted",
                  .detail = "Whether it still meets the condition of the DELETE is not known.",
                  .hint = "Repeat the DELETE: it sees the row as it is now."});
    }

private:
    static constexpr const char* condition = " WHERE tenant_id OPERATOR(pg_catalog.=) $1"
                                             " AND id OPERATOR(pg_catalog.=) $2";

    std::string view_;
    std::optional<std::string> tenant_id_;
    std::optional<std::string> id_;
};

/// The INSTEAD OF DELETE trigger of the live views: marks the row as deleted, with the caller's own rights.
/// PostgreSQL does not look again, as for an UPDATE, whether a row that another transaction has just changed
/// still meets the statement's WHERE. So it must be as the statement saw it. Where it was deleted meanwhile,
/// this DELETE deletes none, like a plain one.
void soft_delete(DeleteTrigger& trigger) {
    const DeletedRow row(trigger);
    const auto as_seen = trigger.row().get(trigger.columns.updated_at);
    if (row.mark_as_deleted(as_seen)) {
        return;
    }
    const auto own_update = row.own_update();
    if (own_update && *own_update != as_seen && row.mark_as_deleted(*own_update)) {
        return;
    }
    if (row.is_live()) {
        row.fail();
    }
    trigger.skip();
}

} // namespace

POLICIES_FUNCTION(soft_delete);

} // namespace policies
