#include <cstdint>

#include "core/context/person_id.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

std::int32_t hand_over_policies(std::string_view from_person, std::string_view to_person) {
    pg::unwrap(core::check_person_id(to_person));
    return static_cast<std::int32_t>(
        pg::execute("UPDATE policies_api.policies SET owner_id = $2 "
                    "WHERE tenant_id = policies.current_tenant_id() AND owner_id = $1",
                    from_person, to_person));
}

} // namespace

POLICIES_FUNCTION(hand_over_policies);

} // namespace policies
