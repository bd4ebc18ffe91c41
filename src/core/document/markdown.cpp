#include "core/document/markdown.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <nlohmann/json.hpp>

#include "core/document/heading_anchor.hpp"
#include "core/document/markdown_cost.hpp"

namespace policies::core {

namespace {

constexpr int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;

Error too_complex(std::string detail) {
    return {ErrorCode::not_supported, "the Markdown text is too complex", std::move(detail)};
}

constexpr std::uint64_t max_cost = 3'000'000'000;

Check check_limits(std::string_view markdown) {
    if (markdown.size() > max_markdown_length)
        return Error{ErrorCode::not_supported,
                     "the Markdown text is too long: " + std::to_string(markdown.size()) + " bytes",
                     "It must not be longer than " + std::to_string(max_markdown_length) + " bytes."};
    if (markdown_cost(markdown) > max_cost)
        return too_complex("It has too much markup without an empty line, or is nested too deeply.");
    return Ok{};
}

/// All memory that cmark-gfm takes for one text. With its own allocator it aborts the process when there is
/// none left; here it comes back from call(). It also bounds the memory, and frees everything, however far
/// cmark-gfm came.
class Arena {
public:
    Arena() : outer_(current) { current = this; }

    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    ~Arena() {
        current = outer_;
        while (first_ != nullptr) {
            Block* block = first_;
            first_ = block->next;
            std::free(block);
        }
    }

    /// Calls what may take memory; false when there is none left, after which the arena can only be
    /// destroyed. The work is left by a jump then: nothing in it may have a destructor.
    template <typename Work>
    [[gnu::noinline]] bool call(const Work& work) {
        if (setjmp(exhausted_) != 0)
            return false;
        work();
        return true;
    }

    static cmark_mem* allocator() {
        static constexpr cmark_mem functions{allocate, reallocate, release};
        return const_cast<cmark_mem*>(&functions); // cmark-gfm never writes it
    }

private:
    /// Before the bytes that are handed out. The guard is zero: cmark-gfm 0.29.0.gfm.6 reads up to eight
    /// bytes before the beginning of a text (CVE-2023-22485), and must find neither a protocol nor foreign
    /// memory there.
    struct alignas(std::max_align_t) Block {
        Block* previous;
        Block* next;
        std::size_t size;
        unsigned char guard[8];
    };

    static_assert(offsetof(Block, guard) + sizeof(Block::guard) == sizeof(Block));

    static void* allocate(std::size_t count, std::size_t size) {
        Arena& arena = *current;
        if (size != 0 && count > max_markdown_memory / size)
            arena.leave();
        arena.take(sizeof(Block) + count * size);
        auto* block = static_cast<Block*>(std::calloc(1, sizeof(Block) + count * size));
        if (block == nullptr)
            arena.leave();
        block->size = count * size;
        block->next = arena.first_;
        arena.link(block);
        return block + 1;
    }

    static void* reallocate(void* bytes, std::size_t size) {
        if (bytes == nullptr)
            return allocate(1, size);
        Arena& arena = *current;
        Block* old = static_cast<Block*>(bytes) - 1;
        if (size > old->size)
            arena.take(size - old->size);
        else
            arena.used_ -= old->size - size;
        auto* block = static_cast<Block*>(std::realloc(old, sizeof(Block) + size));
        if (block == nullptr)
            arena.leave();
        block->size = size;
        arena.link(block);
        return block + 1;
    }

    static void release(void* bytes) {
        if (bytes == nullptr)
            return;
        Arena& arena = *current;
        Block* block = static_cast<Block*>(bytes) - 1;
        arena.used_ -= sizeof(Block) + block->size;
        if (block->next != nullptr)
            block->next->previous = block->previous;
        (block->previous != nullptr ? block->previous->next : arena.first_) = block->next;
        std::free(block);
    }

    /// Has the neighbours point to a block, which knows them.
    void link(Block* block) {
        if (block->next != nullptr)
            block->next->previous = block;
        (block->previous != nullptr ? block->previous->next : first_) = block;
    }

    void take(std::size_t size) {
        if (size > max_markdown_memory - used_)
            leave();
        used_ += size;
    }

    [[noreturn]] void leave() { std::longjmp(exhausted_, 1); }

    /// cmark-gfm's allocators get no state of ours. Only set while a text is being read.
    static thread_local constinit inline Arena* current = nullptr;

    Arena* outer_;
    Block* first_{nullptr};
    std::size_t used_{0};
    std::jmp_buf exhausted_;
};

/// The lower-case scheme of an address as browsers read it, without the characters that they skip; nothing
/// when it is relative, or longer than any that is allowed when that is not one.
struct Scheme {
    char letters[8]{};
    std::size_t length{0};
    bool is_present{false};

    std::string_view text() const { return {letters, std::min(length, sizeof letters)}; }
};

Scheme scheme_of(const char* address) {
    Scheme scheme;
    for (; *address != '\0'; ++address) {
        const auto byte = static_cast<unsigned char>(*address);
        if (byte <= ' ' || byte == 0x7F)
            continue;
        if (byte == '/' || byte == '?' || byte == '#')
            return {};
        if (byte == ':') {
            scheme.is_present = true;
            return scheme;
        }
        if (scheme.length < sizeof scheme.letters)
            scheme.letters[scheme.length] = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
        ++scheme.length;
    }
    return {};
}

bool is_allowed(const char* address, std::span<const std::string_view> schemes) {
    const Scheme scheme = scheme_of(address);
    return !scheme.is_present || (scheme.length <= sizeof scheme.letters &&
                                  std::find(schemes.begin(), schemes.end(), scheme.text()) != schemes.end());
}

/// Empties the addresses that are not allowed. Runs within Arena::call.
void filter_addresses(cmark_node* root) {
    constexpr std::string_view link_schemes[] = {"http", "https", "mailto", "tel"};
    constexpr std::string_view image_schemes[] = {"http", "https"};
    cmark_iter* nodes = cmark_iter_new(root);
    while (cmark_iter_next(nodes) != CMARK_EVENT_DONE) {
        cmark_node* node = cmark_iter_get_node(nodes);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type != CMARK_NODE_LINK && type != CMARK_NODE_IMAGE)
            continue;
        const char* address = cmark_node_get_url(node);
        const bool allowed =
            address == nullptr || (type == CMARK_NODE_LINK ? is_allowed(address, link_schemes)
                                                           : is_allowed(address, image_schemes));
        if (!allowed)
            cmark_node_set_url(node, "");
    }
    cmark_iter_free(nodes);
}

struct Document {
    cmark_node* root{nullptr};
    cmark_llist* extensions{nullptr};
};

constexpr const char* extension_names[] = {"table", "strikethrough", "autolink", "tasklist"};

/// Reads a text; nothing of cmark-gfm's is freed by itself, as all of it lies in the arena.
Result<Document> read_document(Arena& arena, std::string_view markdown) {
    Check limits = check_limits(markdown);
    if (!limits)
        return std::move(limits).error();
    // Once per process, whoever calls it: the extensions are cmark-gfm's own and outlive any document.
    cmark_gfm_core_extensions_ensure_registered();
    cmark_syntax_extension* extensions[std::size(extension_names)];
    for (std::size_t i = 0; i < std::size(extension_names); ++i) {
        extensions[i] = cmark_find_syntax_extension(extension_names[i]);
        if (extensions[i] == nullptr)
            return Error{ErrorCode::internal,
                         std::string("cmark-gfm has no extension ") + extension_names[i]};
    }
    Document document;
    const bool is_read = arena.call([&] {
        cmark_parser* parser = cmark_parser_new_with_mem(options, Arena::allocator());
        for (cmark_syntax_extension* extension : extensions)
            cmark_parser_attach_syntax_extension(parser, extension);
        cmark_parser_feed(parser, markdown.data(), markdown.size());
        document.root = cmark_parser_finish(parser);
        document.extensions = cmark_parser_get_syntax_extensions(parser);
        filter_addresses(document.root);
    });
    if (!is_read)
        return too_complex("It would take too much memory.");
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
        while (!repetitions.emplace(heading.anchor, 0).second)
            heading.anchor = base + '-' + std::to_string(++repetitions[base]);
    }
}

/// Appends what an inline node shows as plain text; false when there is no memory left.
bool append_plain_text(Arena& arena, cmark_node* node, std::string& text) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
        text += ' ';
    } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
        const char* literal = nullptr;
        if (!arena.call([&] { literal = cmark_node_get_literal(node); }))
            return false;
        if (literal != nullptr)
            text += literal;
    }
    return true;
}

std::optional<std::vector<Heading>> find_headings(Arena& arena, cmark_node* root) {
    cmark_iter* nodes = nullptr;
    if (!arena.call([&] { nodes = cmark_iter_new(root); }))
        return {};
    std::vector<Heading> headings;
    bool is_inside = false;
    for (cmark_event_type event; (event = cmark_iter_next(nodes)) != CMARK_EVENT_DONE;) {
        cmark_node* node = cmark_iter_get_node(nodes);
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            is_inside = event == CMARK_EVENT_ENTER;
            if (is_inside)
                headings.push_back({cmark_node_get_heading_level(node), {}, {}});
        } else if (is_inside && event == CMARK_EVENT_ENTER &&
                   !append_plain_text(arena, node, headings.back().title)) {
            return {};
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
        while (tag != std::string_view::npos && !is_heading_tag(html.substr(tag)))
            tag = html.find("<h", tag + 1);
        if (tag == std::string_view::npos)
            break;
        out += html.substr(0, tag + 3);
        out += " id=\"" + heading.anchor + '"';
        html.remove_prefix(tag + 3);
    }
    out += html;
    return out;
}

} // namespace

Result<std::string> markdown_to_html(std::string_view markdown) {
    Arena arena;
    Result<Document> document = read_document(arena, markdown);
    if (!document)
        return std::move(document).error();
    const std::optional<std::vector<Heading>> headings = find_headings(arena, document->root);
    const char* html = nullptr;
    const bool is_rendered = headings && arena.call([&] {
        html = cmark_render_html_with_mem(document->root, options, document->extensions, Arena::allocator());
    });
    if (!is_rendered)
        return too_complex("It would take too much memory.");
    return with_anchors(html, *headings);
}

Result<std::string> table_of_contents(std::string_view markdown) {
    using nlohmann::ordered_json;
    Arena arena;
    Result<Document> document = read_document(arena, markdown);
    if (!document)
        return std::move(document).error();
    const std::optional<std::vector<Heading>> headings = find_headings(arena, document->root);
    if (!headings)
        return too_complex("It would take too much memory.");
    ordered_json entries = ordered_json::array();
    for (const Heading& heading : *headings)
        entries.push_back({{"level", heading.level}, {"title", heading.title}, {"anchor", heading.anchor}});
    return entries.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace policies::core
