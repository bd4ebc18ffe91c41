#include <charconv>

#include "core/base/arithmetic.hpp"
#include "core/calendar/instant.hpp"
#include "core/ids/typed_id.hpp"
#include "functions/guard_rails/base_columns.hpp"

namespace policies {

namespace {

constexpr std::string_view standard_source = "edm";
constexpr std::string_view standard_source_type = "api";

/// What a trigger is declared with.
struct Declaration {
    std::string_view id_prefix;
    std::int32_t schema_version;
};

Declaration declaration_of(const pg::RowTrigger& trigger) {
    const auto arguments = trigger.arguments();
    Declaration declaration{};
    if (arguments.size() == 2) {
        const std::string_view version = arguments[1];
        const auto end = version.data() + version.size();
        const auto parsed = std::from_chars(version.data(), end, declaration.schema_version);
        declaration.id_prefix = arguments[0];
        if (parsed.ec == std::errc() && parsed.ptr == end && core::check_prefix(declaration.id_prefix)) {
            return declaration;
        }
    }
    pg::fail(
        {.code = core::ErrorCode::not_a_trigger,
         .message = "trigger " + core::quoted(trigger.name()) + " needs an id prefix and a schema version",
         .hint = "Create it with policies.stamp_writes()."});
}

template <typename T>
void set_if_missing(pg::RowTrigger& trigger, const pg::Column<T>& column, const T& value) {
    if (trigger.row().field(column).is_null) {
        trigger.set(column, value);
    }
}

template <typename... Columns>
void keep_old(pg::RowTrigger& trigger, const Columns&... columns) {
    (trigger.set(columns, trigger.old_row()), ...);
}

/// How exactly a column is stamped. A client that reads times with milliseconds, as JavaScript's Date does, must be
/// able to name what it has read.
core::Duration step_of(const pg::RowTrigger& trigger, const pg::Column<core::Instant>& column) {
    return std::max(core::microseconds_per_millisecond, trigger.resolution(column));
}

/// Gives a column a time, rounded down to what it is stamped with.
void set_time(pg::RowTrigger& trigger, const pg::Column<core::Instant>& column, core::Instant time) {
    trigger.set(column, core::floor_to(time, step_of(trigger, column)));
}

/// Transaction time, but later than what the row already carries, so that each of its versions has a time of
/// its own.
core::Instant next_update_time(const pg::RowTrigger& trigger, core::Instant previous) {
    const auto step = step_of(trigger, base_columns.updated_at);
    if (!pg::is_finite(previous) || previous > core::last_instant - step) {
        pg::fail({.code = core::ErrorCode::out_of_range,
                  .message = "no time is later than the row's updated_at, " + pg::shown(previous)});
    }
    return std::max(core::floor_to(pg::transaction_time(), step), core::floor_to(previous, step) + step);
}

void stamp_insert(pg::RowTrigger& trigger, const Declaration& declaration, const pg::Context& context) {
    const auto now = pg::transaction_time();
    trigger.set(base_columns.id, pg::new_id(declaration.id_prefix));
    trigger.set(base_columns.tenant_id, context.tenant_id);
    trigger.set(base_columns.app_id, context.app_id);
    set_time(trigger, base_columns.created_at, now);
    set_time(trigger, base_columns.updated_at, now);
    trigger.set(base_columns.created_by, context.person_id);
    trigger.set(base_columns.updated_by, context.person_id);
    set_if_missing(trigger, base_columns.source, standard_source);
    set_if_missing(trigger, base_columns.source_type, standard_source_type);
    trigger.set(base_columns.is_deleted, false);
    trigger.set(base_columns.deleted_at, std::nullopt);
    trigger.set(base_columns.deleted_by, std::nullopt);
    trigger.set(base_columns.schema_version, declaration.schema_version);
}

/// Restore and migration: what is given stays, even the stamps; what is required and missing is filled in.
void stamp_imported_insert(pg::RowTrigger& trigger, const Declaration& declaration) {
    const auto row = trigger.row();
    if (!row.get(base_columns.tenant_id)) {
        pg::fail({.code = core::ErrorCode::missing_value,
                  .message = "an imported row needs a tenant_id",
                  .hint = "Only a session with claims takes it from there."});
    }
    const auto now = pg::transaction_time();
    for (const auto& column : {base_columns.created_at, base_columns.updated_at}) {
        // A default of now() is no time that was given.
        if (row.get(column).value_or(now) == now) {
            set_time(trigger, column, now);
        }
    }
    set_if_missing(trigger, base_columns.source, standard_source);
    set_if_missing(trigger, base_columns.source_type, standard_source_type);
    set_if_missing(trigger, base_columns.is_deleted, false);
    if (row.get(base_columns.is_deleted).value_or(false)) {
        if (row.field(base_columns.deleted_at).is_null) {
            set_time(trigger, base_columns.deleted_at, now);
        }
    }
    set_if_missing(trigger, base_columns.schema_version, declaration.schema_version);
    if (!row.get(base_columns.id)) {
        trigger.set(base_columns.id, pg::new_id(declaration.id_prefix));
    }
}

template <typename Person>
void stamp_deletion(pg::RowTrigger& trigger, core::Instant time, const Person& person) {
    const bool was_deleted = trigger.old_row().get(base_columns.is_deleted).value_or(false);
    const bool becomes_deleted = trigger.row().get(base_columns.is_deleted).value_or(was_deleted);
    trigger.set(base_columns.is_deleted, becomes_deleted);
    if (becomes_deleted == was_deleted) {
        keep_old(trigger, base_columns.deleted_at, base_columns.deleted_by);
    } else if (becomes_deleted) {
        set_time(trigger, base_columns.deleted_at, time);
        trigger.set(base_columns.deleted_by, person);
    } else {
        trigger.set(base_columns.deleted_at, std::nullopt);
        trigger.set(base_columns.deleted_by, std::nullopt);
    }
}

/// The person as a text, or one that PostgreSQL has already.
template <typename Person>
void stamp_update(pg::RowTrigger& trigger, const Declaration& declaration, const Person& person) {
    const auto row = trigger.row();
    const auto old_row = trigger.old_row();
    const auto time = next_update_time(trigger, old_row.get(base_columns.updated_at).value_or(0));
    keep_old(trigger, base_columns.id, base_columns.tenant_id, base_columns.app_id, base_columns.created_at,
             base_columns.created_by);
    trigger.set(base_columns.updated_at, time);
    trigger.set(base_columns.updated_by, person);
    for (const auto& column : {base_columns.source, base_columns.source_type}) {
        if (row.field(column).is_null) {
            trigger.set(column, old_row);
        }
    }
    stamp_deletion(trigger, time, person);
    trigger.set(base_columns.schema_version,
                std::max(declaration.schema_version, old_row.get(base_columns.schema_version).value_or(0)));
}

/// A correction by an administrator: the values it names stay, the rest is stamped, with the login role as
/// the writer.
void stamp_imported_update(pg::RowTrigger& trigger, const Declaration& declaration) {
    stamp_update(trigger, declaration, std::optional<std::string_view>(login_as_writer()));
    const auto row = trigger.row();
    for (const auto& column : base_columns.columns()) {
        if (is_server_managed(column) && !row.field(column).is_null && trigger.changes(column)) {
            trigger.set(column, row);
        }
    }
}

/// What a foreign key sets stays as it sets it, be it a stamp. Otherwise the row would refer to what is not there, and
/// nobody would tell. The tenant alone stays as it was: PostgreSQL checks the key again if any other column of it
/// changes, and where none does the row cannot follow.
void follow_foreign_key(pg::RowTrigger& trigger, bool is_import) {
    const auto row = trigger.row();
    const auto& tenant_id = base_columns.tenant_id;
    for (const auto& column : base_columns.columns()) {
        if (is_server_managed(column) && trigger.sets(column) && column.index != tenant_id.index) {
            trigger.set(column, row);
        }
    }
    const bool is_lost = row.field(tenant_id).is_null ? trigger.sets_only(tenant_id) : !is_import;
    if (trigger.changes(tenant_id) && is_lost) {
        pg::fail({.code = core::ErrorCode::not_permitted,
                  .message = "a foreign key must not change the tenant of a row of table " +
                             core::quoted(trigger.table_name()),
                  .detail = "Rows stay with their tenant."},
                 tenant_id.name);
    }
}

void stamp_any_update(pg::RowTrigger& trigger, const Declaration& declaration, const pg::Context& context,
                      bool is_import) {
    const bool is_action = trigger.is_referential_action();
    if (!is_import && !context.claims && !is_action) {
        pg::fail(context.claims.error());
    }
    if (is_import) {
        stamp_imported_update(trigger, declaration);
    } else if (context.claims) {
        stamp_update(trigger, declaration, context.person_id);
    } else {
        stamp_update(trigger, declaration, std::optional<std::string_view>(login_as_writer()));
    }
    if (is_action) {
        follow_foreign_key(trigger, is_import);
    }
}

/// The BEFORE trigger that stamps who wrote a row and when, and gives it its id and its tenant. A foreign key's own
/// updates need no claims: it acts for whoever removed what the row refers to, or gave it another key.
void stamp_write(pg::RowTriggerOf<BaseColumns>& trigger) {
    const auto declaration = declaration_of(trigger);
    const auto& context = pg::current_context();
    const bool is_import = !context.has_claims && pg::is_administrator();
    if (!trigger.is_insert()) {
        stamp_any_update(trigger, declaration, context, is_import);
    } else if (context.claims) {
        stamp_insert(trigger, declaration, context);
    } else if (is_import) {
        stamp_imported_insert(trigger, declaration);
    } else {
        pg::fail(context.claims.error());
    }
}

} // namespace

POLICIES_FUNCTION(stamp_write);

} // namespace policies
