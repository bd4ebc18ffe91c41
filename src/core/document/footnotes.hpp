#pragma once

#include <string>
#include <string_view>

namespace policies::core {

/// HTML as cmark-gfm renders a text with footnotes, with other ids for them: of their numbers and of the text's hash. So
/// they are unique on a page that shows several texts. A dot in them keeps them apart from the ids of headings.
std::string with_footnote_ids(std::string_view html, std::string_view markdown);

} // namespace policies::core
