#include "core/document/markdown.hpp"

#include "pg/function.hpp"

namespace policies {

namespace {

std::string markdown_to_html(std::string_view markdown) {
    return pg::unwrap(core::markdown_to_html(markdown));
}

pg::Json table_of_contents(std::string_view markdown) {
    return {pg::unwrap(core::table_of_contents(markdown))};
}

} // namespace

POLICIES_FUNCTION(markdown_to_html);
POLICIES_FUNCTION(table_of_contents);

} // namespace policies
