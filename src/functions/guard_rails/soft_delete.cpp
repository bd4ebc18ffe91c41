#include "pg/function.hpp"

namespace policies {

namespace {

struct KeyColumns : pg::ColumnSet {
    pg::Column<std::string> tenant_id{*this, "tenant_id"};
    pg::Column<std::string> id{*this, "id"};
};

/// The INSTEAD OF DELETE trigger of the live views: marks the row as deleted, with the caller's own rights.
/// No row means that another transaction deleted it first: like a plain DELETE, this one then deletes none.
void soft_delete(pg::RowTriggerOf<KeyColumns>& trigger) {
    const auto row = trigger.row();
    const auto count =
        pg::execute(pg::Qualified{"UPDATE " + pg::qualified(trigger.schema_name(), trigger.table_name()) +
                                  " SET is_deleted = true WHERE tenant_id OPERATOR(pg_catalog.=) $1"
                                  " AND id OPERATOR(pg_catalog.=) $2"},
                    row.get(trigger.columns.tenant_id), row.get(trigger.columns.id));
    if (count == 0) {
        trigger.skip();
    }
}

} // namespace

POLICIES_FUNCTION(soft_delete);

} // namespace policies
