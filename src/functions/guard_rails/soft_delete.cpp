#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/trigger.hpp"

// The INSTEAD OF DELETE trigger of the live views: a DELETE marks the row as deleted, with the caller's own
// rights.

namespace {

using namespace policies;

struct ViewRow {
    pg::Field tenant_id;
    pg::Field id;
};

/// Reads the key of the row that the view showed. The columns are looked up by name: a view can be replaced.
ViewRow key_of(const TriggerData* trigger) {
    const TupleDesc descriptor = RelationGetDescr(trigger->tg_relation);
    return {.tenant_id = pg::field_of(trigger->tg_trigtuple, descriptor,
                                      pg::column_number(trigger->tg_relation, "tenant_id", TEXTOID)),
            .id = pg::field_of(trigger->tg_trigtuple, descriptor,
                               pg::column_number(trigger->tg_relation, "id", TEXTOID))};
}

} // namespace

POLICIES_FUNCTION(soft_delete) {
    const auto* const trigger = pg::trigger_data(fcinfo, "soft_delete");
    const ViewRow key = key_of(trigger);
    const char* const schema = get_namespace_name(RelationGetNamespace(trigger->tg_relation));

    std::uint64_t count = 0;
    {
        const pg::SpiSession session;
        count = pg::execute(
            "UPDATE " + pg::qualified(schema, RelationGetRelationName(trigger->tg_relation)) +
                " SET is_deleted = true WHERE tenant_id OPERATOR(pg_catalog.=) $1"
                " AND id OPERATOR(pg_catalog.=) $2",
            {{.type = TEXTOID, .value = key.tenant_id.value}, {.type = TEXTOID, .value = key.id.value}});
    }
    // No row means that another transaction deleted it first: like a plain DELETE, this one then deletes
    // none.
    return PointerGetDatum(count == 0 ? nullptr : trigger->tg_trigtuple);
}
