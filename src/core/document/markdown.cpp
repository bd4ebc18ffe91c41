#include "core/document/markdown.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "core/base/json.hpp"
#include "core/document/footnotes.hpp"
#include "core/document/heading_anchor.hpp"
#include "core/document/markdown_arena.hpp"
#include "core/document/markdown_cost.hpp"
#include "core/document/markdown_links.hpp"

namespace policies::core {

namespace {

constexpr int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_FOOTNOTES;

Error too_complex(std::string detail) {
    return Error{not_supported, "the Markdown text is too complex", std::move(detail)};
}

Error too_much_memory() {
    return too_complex("It would take too much memory.");
}

/// In nanoseconds.
constexpr std::uint64_t max_cost = 3'000'000'000;

Check check_limits(std::string_view markdown) {
    if (markdown.size() > max_markdown_length) {
        return Error{not_supported,
                     "the Markdown text is too long: " + std::to_string(markdown.size()) + " bytes",
                     "It must not be longer than " + std::to_string(max_markdown_length) + " bytes."};
    }
    if (markdown_cost(markdown) > max_cost) {
        return too_complex("It has too much markup without an empty line, or is nested too deeply.");
    }
    return Ok{};
}

struct Document {
    cmark_node* root{nullptr};
    cmark_llist* extensions{nullptr};
};

constexpr const char* extension_names[] = {"table", "strikethrough", "autolink", "tasklist"};

/// Reads a text; nothing of cmark-gfm's is freed by itself, as all of it lies in the arena.
Result<Document> read_document(MarkdownArena& arena, std::string_view markdown) {
    POLICIES_TRY(check_limits(markdown));
    // Once per process, whoever calls it: the extensions are cmark-gfm's own and outlive any document.
    cmark_gfm_core_extensions_ensure_registered();
    cmark_syntax_extension* extensions[std::size(extension_names)];
    for (std::size_t i = 0; i < std::size(extension_names); ++i) {
        extensions[i] = cmark_find_syntax_extension(extension_names[i]);
        if (extensions[i] == nullptr) {
            return Error{internal, std::string("cmark-gfm has no extension ") + extension_names[i]};
        }
    }
    Document document;
    const bool is_read = arena.call([&] {
        cmark_parser* parser = cmark_parser_new_with_mem(options, MarkdownArena::allocator());
        for (cmark_syntax_extension* extension : extensions) {
            cmark_parser_attach_syntax_extension(parser, extension);
        }
        cmark_parser_feed(parser, markdown.data(), markdown.size());
        document.root = cmark_parser_finish(parser);
        document.extensions = cmark_parser_get_syntax_extensions(parser);
        filter_links(document.root);
    });
    if (!is_read) {
        return too_much_memory();
    }
    return document;
}

struct Heading {
    int level{0};
    std::string title;
    std::string anchor;
};

/// Numbers the anchors that were there before, also where a heading is called like a numbered one.
void make_anchors(std::vector<Heading>& headings) {
    std::unordered_map<std::string, std::size_t> repetitions;
    for (Heading& heading : headings) {
        const std::string base = heading_anchor(heading.title);
        heading.anchor = base;
        while (!repetitions.emplace(heading.anchor, 0).second) {
            heading.anchor = base + '-' + std::to_string(++repetitions[base]);
        }
    }
}

/// Appends what an inline node shows as plain text; false when there is no memory left.
bool append_plain_text(MarkdownArena& arena, cmark_node* node, std::string& text) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
        text += ' ';
    } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
        const char* literal = nullptr;
        if (!arena.call([&] { literal = cmark_node_get_literal(node); })) {
            return false;
        }
        if (literal != nullptr) {
            text += literal;
        }
    }
    return true;
}

Result<std::vector<Heading>> find_headings(MarkdownArena& arena, cmark_node* root) {
    cmark_iter* nodes = nullptr;
    if (!arena.call([&] { nodes = cmark_iter_new(root); })) {
        return too_much_memory();
    }
    std::vector<Heading> headings;
    bool is_inside = false;
    for (cmark_event_type event; (event = cmark_iter_next(nodes)) != CMARK_EVENT_DONE;) {
        cmark_node* node = cmark_iter_get_node(nodes);
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            is_inside = event == CMARK_EVENT_ENTER;
            if (is_inside) {
                headings.push_back({cmark_node_get_heading_level(node), {}, {}});
            }
        } else if (is_inside && event == CMARK_EVENT_ENTER &&
                   !append_plain_text(arena, node, headings.back().title)) {
            return too_much_memory();
        }
    }
    make_anchors(headings);
    return headings;
}

bool is_heading_tag(std::string_view html) {
    return html.size() >= 4 && html.starts_with("<h") && html[2] >= '1' && html[2] <= '6' && html[3] == '>';
}

/// Adds the id to each heading's tag. Nothing else in the HTML looks like one: cmark-gfm escapes every '<' of
/// the text, and leaves raw HTML out.
std::string with_anchors(std::string_view html, std::span<const Heading> headings) {
    std::string out;
    out.reserve(html.size() + headings.size() * 32);
    for (const Heading& heading : headings) {
        std::size_t tag = html.find("<h");
        while (tag != std::string_view::npos && !is_heading_tag(html.substr(tag))) {
            tag = html.find("<h", tag + 1);
        }
        if (tag == std::string_view::npos) {
            break;
        }
        out += html.substr(0, tag + 3);
        out += " id=\"" + heading.anchor + '"';
        html.remove_prefix(tag + 3);
    }
    out += html;
    return out;
}

} // namespace

Result<std::string> markdown_to_html(std::string_view markdown) {
    MarkdownArena arena;
    const Document document = POLICIES_TRY(read_document(arena, markdown));
    const std::vector<Heading> headings = POLICIES_TRY(find_headings(arena, document.root));
    const char* html = nullptr;
    const bool is_rendered = arena.call([&] {
        html = cmark_render_html_with_mem(document.root, options, document.extensions,
                                          MarkdownArena::allocator());
    });
    if (!is_rendered) {
        return too_much_memory();
    }
    return with_footnote_ids(with_anchors(html, headings), markdown);
}

Result<std::string> table_of_contents(std::string_view markdown) {
    MarkdownArena arena;
    const Document document = POLICIES_TRY(read_document(arena, markdown));
    const std::vector<Heading> headings = POLICIES_TRY(find_headings(arena, document.root));
    auto entries = nlohmann::ordered_json::array();
    for (const Heading& heading : headings) {
        entries.push_back({{"level", heading.level}, {"title", heading.title}, {"anchor", heading.anchor}});
    }
    return write_json(entries);
}

} // namespace policies::core
