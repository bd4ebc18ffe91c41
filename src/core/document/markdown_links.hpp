#pragma once

#include <cmark-gfm.h>

namespace policies::core {

/// Empties the addresses of a document that markdown_to_html does not allow. Has no object with a destructor:
/// runs within MarkdownArena::call.
void filter_links(cmark_node* root);

} // namespace policies::core
