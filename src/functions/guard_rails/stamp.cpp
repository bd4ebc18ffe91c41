#include "core/ids/typed_id.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/new_id.hpp"
#include "pg/trigger.hpp"
#include "pg/values.hpp"

extern "C" {
#include "access/xact.h"
}

// The BEFORE trigger that stamps who wrote a row and when, and gives it its id and its tenant.

namespace {

using namespace policies;

/// The base columns that the server manages, in the order of the resource.
enum Column : int {
    id,
    tenant_id,
    app_id,
    created_at,
    updated_at,
    created_by,
    updated_by,
    source,
    source_type,
    is_deleted,
    deleted_at,
    deleted_by,
    schema_version,
    column_count
};

constexpr std::array<pg::NeededColumn, column_count> base_columns{{
    {"id", TEXTOID},
    {"tenant_id", TEXTOID},
    {"app_id", TEXTOID},
    {"created_at", TIMESTAMPTZOID},
    {"updated_at", TIMESTAMPTZOID},
    {"created_by", TEXTOID},
    {"updated_by", TEXTOID},
    {"source", TEXTOID},
    {"source_type", TEXTOID},
    {"is_deleted", BOOLOID},
    {"deleted_at", TIMESTAMPTZOID},
    {"deleted_by", TEXTOID},
    {"schema_version", INT4OID},
}};

/// What the trigger knows before it sees a row.
struct Stamper {
    std::array<AttrNumber, column_count> numbers;
    std::string_view id_prefix;
    std::int32_t schema_version;
    bool may_import;

    void build(FunctionCallInfo fcinfo);
};

void Stamper::build(FunctionCallInfo fcinfo) {
    const auto* const trigger = reinterpret_cast<TriggerData*>(fcinfo->context);
    if (trigger->tg_trigger->tgnargs != 2) {
        ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
                        errmsg("trigger \"%s\" needs an id prefix and a schema version",
                               trigger->tg_trigger->tgname),
                        errhint("Create it with policies.stamp_writes().")));
    }
    numbers = pg::column_numbers(trigger->tg_relation, base_columns);
    // The arguments live in the relation's cache entry: the state outlives it.
    id_prefix = MemoryContextStrdup(fcinfo->flinfo->fn_mcxt, trigger->tg_trigger->tgargs[0]);
    pg::unwrap(core::check_prefix(id_prefix));
    schema_version = pg_strtoint32(trigger->tg_trigger->tgargs[1]);
    may_import = pg::is_administrator();
}

/// A row on its way to the table, and the values that replace its own.
class Row {
public:
    Row(const Stamper& stamper, TupleDesc descriptor, HeapTuple tuple, HeapTuple old_tuple)
        : stamper_(stamper), descriptor_(descriptor), tuple_(tuple), old_tuple_(old_tuple) {}

    pg::Field given(Column column) const { return field(tuple_, column); }

    pg::Field old(Column column) const { return field(old_tuple_, column); }

    void set(Column column, pg::Field field) {
        fields_[column] = field;
        is_replaced_[column] = true;
    }

    void set(Column column, Datum value) { set(column, pg::Field{.value = value, .is_null = false}); }

    void set(Column column, std::optional<std::string_view> text) {
        if (text) {
            set(column, pg::text_datum(*text));
        } else {
            set_null(column);
        }
    }

    void set_null(Column column) { set(column, pg::Field{.value = Datum{0}, .is_null = true}); }

    void keep_old(Column column) { set(column, old(column)); }

    /// Sets what the writer left out.
    void set_if_missing(Column column, Datum value) {
        if (given(column).is_null) {
            set(column, value);
        }
    }

    /// The row with its replacements, in the current memory context.
    HeapTuple finish();

private:
    pg::Field field(HeapTuple tuple, Column column) const {
        return pg::field_of(tuple, descriptor_, stamper_.numbers[column]);
    }

    const Stamper& stamper_;
    TupleDesc descriptor_;
    HeapTuple tuple_;
    HeapTuple old_tuple_;
    std::array<pg::Field, column_count> fields_;
    std::array<bool, column_count> is_replaced_{};
};

HeapTuple Row::finish() {
    std::array<int, column_count> numbers;
    std::array<Datum, column_count> values;
    std::array<bool, column_count> nulls;
    int count = 0;
    for (int column = 0; column < column_count; ++column) {
        if (is_replaced_[column]) {
            numbers[count] = stamper_.numbers[column];
            values[count] = fields_[column].value;
            nulls[count] = fields_[column].is_null;
            ++count;
        }
    }
    return heap_modify_tuple_by_cols(tuple_, descriptor_, count, numbers.data(), values.data(), nulls.data());
}

using Person = std::optional<std::string_view>;

Person view_of(const std::optional<std::string>& text) {
    return text ? Person(*text) : std::nullopt;
}

Datum now() {
    return TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
}

void stamp_insert(Row& row, const Stamper& stamper, const core::Claims& claims) {
    row.set(id, pg::new_id(stamper.id_prefix).value);
    row.set(tenant_id, pg::text_datum(claims.tenant_id));
    row.set(app_id, view_of(claims.app_id));
    row.set(created_at, now());
    row.set(updated_at, now());
    row.set(created_by, view_of(claims.person_id));
    row.set(updated_by, view_of(claims.person_id));
    row.set_if_missing(source, pg::text_datum("edm"));
    row.set_if_missing(source_type, pg::text_datum("api"));
    row.set(is_deleted, BoolGetDatum(false));
    row.set_null(deleted_at);
    row.set_null(deleted_by);
    row.set(schema_version, Int32GetDatum(stamper.schema_version));
}

/// Restore and migration: what is given stays, even the stamps; what is required and missing is filled in.
void stamp_imported_insert(Row& row, const Stamper& stamper) {
    if (row.given(tenant_id).is_null) {
        ereport(ERROR, (errcode(ERRCODE_NOT_NULL_VIOLATION), errmsg("an imported row needs a tenant_id"),
                        errhint("Only a session with claims takes it from there.")));
    }
    row.set_if_missing(created_at, now());
    row.set_if_missing(updated_at, now());
    row.set_if_missing(source, pg::text_datum("edm"));
    row.set_if_missing(source_type, pg::text_datum("api"));
    row.set_if_missing(is_deleted, BoolGetDatum(false));
    if (const auto deleted = row.given(is_deleted); !deleted.is_null && DatumGetBool(deleted.value)) {
        row.set_if_missing(deleted_at, now());
    }
    row.set_if_missing(schema_version, Int32GetDatum(stamper.schema_version));
    if (row.given(id).is_null) {
        row.set(id, pg::new_id(stamper.id_prefix).value);
    }
}

void stamp_deletion(Row& row, TimestampTz time, Person person) {
    const bool was_deleted = DatumGetBool(row.old(is_deleted).value);
    const auto given = row.given(is_deleted);
    const bool becomes_deleted = given.is_null ? was_deleted : DatumGetBool(given.value);
    row.set(is_deleted, BoolGetDatum(becomes_deleted));
    if (becomes_deleted == was_deleted) {
        row.keep_old(deleted_at);
        row.keep_old(deleted_by);
    } else if (becomes_deleted) {
        row.set(deleted_at, TimestampTzGetDatum(time));
        row.set(deleted_by, person);
    } else {
        row.set_null(deleted_at);
        row.set_null(deleted_by);
    }
}

void stamp_update(Row& row, const Stamper& stamper, Person person) {
    const TimestampTz time = pg::next_update_time(DatumGetTimestampTz(row.old(updated_at).value));
    for (const Column column : {id, tenant_id, app_id, created_at, created_by}) {
        row.keep_old(column);
    }
    row.set(updated_at, TimestampTzGetDatum(time));
    row.set(updated_by, person);
    for (const Column column : {source, source_type}) {
        if (row.given(column).is_null) {
            row.keep_old(column);
        }
    }
    stamp_deletion(row, time, person);
    row.set(schema_version,
            Int32GetDatum(std::max(stamper.schema_version, DatumGetInt32(row.old(schema_version).value))));
}

/// True when an UPDATE names a new value, not NULL, for the column.
bool is_changed(const Row& row, Column column) {
    const auto given = row.given(column);
    const auto old = row.old(column);
    if (given.is_null || old.is_null) {
        return !given.is_null;
    }
    if (base_columns[column].type == TEXTOID) {
        return pg::text_view(given.value) != pg::text_view(old.value);
    }
    return given.value != old.value;
}

/// A correction by an administrator: the values it names stay, the rest is stamped, with the login role as
/// the writer.
void stamp_imported_update(Row& row, const Stamper& stamper) {
    stamp_update(row, stamper, psprintf("role:%s", GetUserNameFromId(GetSessionUserId(), false)));
    for (const Column column : {id, tenant_id, app_id, created_at, updated_at, created_by, updated_by,
                                deleted_at, deleted_by, schema_version}) {
        if (is_changed(row, column)) {
            row.set(column, row.given(column));
        }
    }
}

} // namespace

POLICIES_RAW_FUNCTION(stamp_write) {
    const auto* const trigger = pg::trigger_data(fcinfo, "stamp_write");
    const auto& stamper = *pg::statement_state<Stamper>(fcinfo);
    const bool is_insert = pg::fired_by_insert(trigger);
    Row row(stamper, RelationGetDescr(trigger->tg_relation), pg::row_of(trigger), trigger->tg_trigtuple);
    const auto& context = pg::current_context();
    if (context.claims) {
        if (is_insert) {
            stamp_insert(row, stamper, *context.claims);
        } else {
            stamp_update(row, stamper, view_of(context.claims->person_id));
        }
    } else if (!context.has_claims && stamper.may_import) {
        if (is_insert) {
            stamp_imported_insert(row, stamper);
        } else {
            stamp_imported_update(row, stamper);
        }
    } else {
        pg::fail(context.claims.error());
    }
    return PointerGetDatum(row.finish());
}
