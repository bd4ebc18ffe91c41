#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

struct EndColumns : pg::ColumnSet {
    pg::Column<core::Instant> updated_at{*this, "updated_at"};
    pg::Column<std::string> updated_by{*this, "updated_by"};
};

using HistoryTrigger = pg::RowTriggerOf<EndColumns>;

/// The history of a trigger's table: it stands beside the table, has the name that keep_history() gave the
/// trigger, and belongs to policies_admin. Anything else would be another's table, or another table's
/// history.
pg::Table find_history(const pg::RowTrigger& trigger) {
    const auto table = pg::table_of(trigger.root_table_oid());
    const auto name = table.name + "_history";
    const auto arguments = trigger.arguments();
    const pg::Oid history = pg::relation_oid(table.schema, name);
    if (history == pg::no_oid || arguments.size() != 1 || arguments[0] != name) {
        pg::fail({.code = core::ErrorCode::undefined_table,
                  .message = "the history table " + core::quoted(name) + " of protected table " +
                             core::quoted(table.name) + " is missing",
                  .hint = "Create it, or attach it again, with policies.keep_history()."});
    }
    pg::lock_for_reading(history);
    if (pg::owner_of(history) != pg::role_oid(pg::admin_role)) {
        pg::fail(
            {.code = core::ErrorCode::not_permitted,
             .message = "the history table " + core::quoted(name) + " does not belong to policies_admin"});
    }
    return {.oid = history, .schema = table.schema, .name = name};
}

void require_history_column(const pg::Table& history, const std::vector<pg::TableColumn>& columns,
                            const pg::RowTrigger& trigger, const pg::StoredColumn& needed) {
    const auto* const found = pg::find_column(columns, needed.name);
    if (found != nullptr && found->type == needed.base_type) {
        return;
    }
    pg::fail({.code = found != nullptr ? core::ErrorCode::wrong_type : core::ErrorCode::undefined_column,
              .message = "history table " + core::quoted(history.name) + " has no column " +
                         core::quoted(needed.name) + " of type " + pg::type_name(needed.base_type),
              .detail = "Without it, the superseded row of table " + core::quoted(trigger.table_name()) +
                        " would be lost.",
              .hint = "Call policies.keep_history() again: it adds what is missing."});
}

/// The insert of a superseded row: its parameters are the row's columns, then since when it says it was
/// valid, until when it was, and who ended it.
///
/// The periods of a row's versions follow each other without overlap, also where an administrator set
/// updated_at back or nobody stamps it: a version begins where the last one ended, if that is later than it
/// says itself.
std::string insert_statement(const pg::Table& history, const std::vector<pg::StoredColumn>& columns) {
    std::string names;
    std::string values;
    std::string key;
    int number = 0;
    const auto next_parameter = [&] { return "$" + std::to_string(++number); };
    for (const auto& column : columns) {
        const auto parameter = next_parameter();
        names += pg::identifier(column.name) + ", ";
        values += parameter + ", ";
        if (column.name == base_columns.tenant_id.name || column.name == base_columns.id.name) {
            key += (key.empty() ? "h." : " AND h.") + column.name + " = " + parameter;
        }
    }
    const auto valid_from = next_parameter();
    const auto valid_to = next_parameter();
    const auto superseded_by = next_parameter();
    const auto table = history.sql_name();
    return "INSERT INTO " + table + " (" + names + "valid_from, valid_to, superseded_by) SELECT " + values +
           "p.valid_from, GREATEST(" + valid_to + ", p.valid_from + interval '1 microsecond'), " +
           superseded_by + " FROM (SELECT GREATEST(" + valid_from + ", (SELECT h.valid_to FROM " + table +
           " h WHERE " + key + " ORDER BY h.valid_from DESC LIMIT 1))) AS p (valid_from)";
}

/// Fails when the history lacks a column of the table.
pg::TableStatement make_insert(const pg::RowTrigger& trigger) {
    const auto history = find_history(trigger);
    const auto history_columns = pg::columns_of(history);
    auto columns = trigger.stored_columns();
    for (const auto& column : columns) {
        require_history_column(history, history_columns, trigger, column);
    }
    auto sql = insert_statement(history, columns);
    return {.sql = std::move(sql),
            .columns = std::move(columns),
            .relations = {trigger.root_table_oid(), history.oid},
            .role = pg::role_oid(pg::admin_role)};
}

constinit pg::TableStatements inserts(make_insert);

/// Who deletes a row. Nobody stamps it, unlike the one that an UPDATE leaves.
std::string deleting_person() {
    const auto& claims = pg::current_context().claims;
    return claims && claims->person_id ? *claims->person_id : login_as_writer();
}

/// The AFTER trigger that keeps what an UPDATE or DELETE supersedes, in <table>_history. An INSERT writes
/// nothing there, so that rows can be restored without doubling their history.
void record_history(HistoryTrigger& trigger) {
    const auto& columns = trigger.columns;
    const auto superseded = trigger.old_row();
    const auto valid_from = pg::parameter(superseded.get(columns.updated_at));
    if (trigger.is_update()) {
        const auto row = trigger.row();
        inserts.execute(trigger, superseded,
                        std::array{valid_from, pg::parameter(row.get(columns.updated_at)),
                                   pg::parameter(row.get(columns.updated_by))});
    } else {
        inserts.execute(
            trigger, superseded,
            std::array{valid_from, pg::parameter(pg::transaction_time()), pg::parameter(deleting_person())});
    }
}

} // namespace

POLICIES_FUNCTION(record_history);

} // namespace policies
