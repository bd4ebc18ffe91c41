#include "core/document/markdown_links.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "core/base/text.hpp"

namespace policies::core {

namespace {

/// The lower-case scheme of an address as browsers read it, without the characters that they skip; nothing
/// when it is relative, or longer than any that is allowed when that is not one.
struct Scheme {
    char letters[8]{};
    std::size_t length{0};
    bool is_present{false};

    std::string_view text() const { return {letters, std::min(length, sizeof letters)}; }
};

Scheme scheme_of(std::string_view address) {
    Scheme scheme;
    for (const char character : address) {
        if (is_space_or_control(character)) {
            continue;
        }
        if (character == '/' || character == '?' || character == '#') {
            return {};
        }
        if (character == ':') {
            scheme.is_present = true;
            return scheme;
        }
        if (scheme.length < sizeof scheme.letters) {
            scheme.letters[scheme.length] = to_lower(character);
        }
        ++scheme.length;
    }
    return {};
}

bool is_allowed(std::string_view address, std::span<const std::string_view> schemes) {
    const Scheme scheme = scheme_of(address);
    return !scheme.is_present || (scheme.length <= sizeof scheme.letters &&
                                  std::find(schemes.begin(), schemes.end(), scheme.text()) != schemes.end());
}

} // namespace

void filter_links(cmark_node* root) {
    constexpr std::string_view link_schemes[] = {"http", "https", "mailto", "tel"};
    constexpr std::string_view image_schemes[] = {"http", "https"};
    cmark_iter* nodes = cmark_iter_new(root);
    while (cmark_iter_next(nodes) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(nodes);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE) {
            continue;
        }
        const char* address = cmark_node_get_url(node);
        const std::span<const std::string_view> schemes =
            type == CMARK_NODE_LINK ? std::span<const std::string_view>(link_schemes) : image_schemes;
        if (address != nullptr && !is_allowed(address, schemes)) {
            cmark_node_set_url(node, "");
        }
    }
    cmark_iter_free(nodes);
}

} // namespace policies::core
