#include "core/context/person_id.hpp"

#include "core/base/text.hpp"
#include "core/context/claims.hpp"

namespace policies::core {

Check check_person_id(std::string_view person_id) {
    if (!is_blank(person_id) && person_id.size() <= max_claim_length) {
        return Ok{};
    }
    return Error{invalid_argument, "invalid person id: " + quoted(person_id),
                 "A person id has 1 to " + std::to_string(max_claim_length) + " bytes, not blanks alone."};
}

} // namespace policies::core
