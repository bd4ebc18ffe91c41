#include "core/document/line_diff.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

std::string unified_diff(std::string_view old_text, std::string_view new_text, std::string_view old_label,
                         std::string_view new_label, std::int32_t context_lines) {
    for (;;) {
        auto diff = pg::unwrap(
            core::unified_diff(old_text, new_text, old_label, new_label, context_lines, pg::is_interrupted));
        if (diff) {
            return *std::move(diff);
        }
        pg::check_for_interrupts();
    }
}

} // namespace

POLICIES_FUNCTION(unified_diff);

} // namespace policies
