#include "core/context/person_id.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

bool is_valid_person_id(std::string_view person_id) {
    return static_cast<bool>(core::check_person_id(person_id));
}

} // namespace

POLICIES_FUNCTION(is_valid_person_id);

} // namespace policies
