#include "pg/planner.hpp"

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/supportnodes.h"
}

namespace policies::pg {

SelectivityRequest::SelectivityRequest(const Call& call) : request_(call.argument(0).value) {}

void SelectivityRequest::answer(double share) {
    auto* const request = reinterpret_cast<SupportRequestSelectivity*>(DatumGetPointer(request_));
    if (IsA(request, SupportRequestSelectivity)) {
        request->selectivity = share;
        answered_ = request_;
    }
}

} // namespace policies::pg
