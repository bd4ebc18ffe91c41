#include "pg/statistics.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

/// The frequency of a text among the most common values of a row of pg_statistic.
double frequency_in(HeapTuple statistics, std::string_view wanted) {
    AttStatsSlot slot{};
    if (!get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCV, InvalidOid,
                          ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS)) {
        return 0;
    }
    double frequency = 0;
    for (int i = 0; i < std::min(slot.nvalues, slot.nnumbers); ++i) {
        const text* const value = DatumGetTextPP(slot.values[i]);
        if (std::string_view(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)) == wanted) {
            frequency = slot.numbers[i];
        }
    }
    free_attstatsslot(&slot);
    return frequency;
}

} // namespace

double share_of_text(Oid relation, const char* column, std::string_view wanted) {
    return call([&] {
        const HeapTuple statistics =
            SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(relation),
                            Int16GetDatum(get_attnum(relation, column)), BoolGetDatum(false));
        if (!HeapTupleIsValid(statistics)) {
            return 0.0;
        }
        const double share = frequency_in(statistics, wanted);
        ReleaseSysCache(statistics);
        return share;
    });
}

} // namespace policies::pg
