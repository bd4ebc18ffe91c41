#include "core/markdown.hpp"

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

namespace policies::core {

namespace {

constexpr int options = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;

Error too_complex(std::string detail) {
    return {ErrorCode::not_supported, "the Markdown text is too complex", std::move(detail)};
}

/// Estimates how long cmark-gfm takes for what it takes quadratic time for; version 0.29.0.gfm.6, which
/// Debian 12 packages, lacks the mending of CVE-2023-22483, 22484, 22486, 24824 and 37463. Everything else is
/// linear.
class CostEstimate {
public:
    /// In nanoseconds, roughly.
    static std::uint64_t of(std::string_view text) {
        CostEstimate estimate;
        while (!text.empty()) {
            const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
            estimate.add_line(text.substr(0, length));
            text.remove_prefix(length);
            text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(text.size(), 1));
        }
        estimate.end_block();
        // Each piece of inline text looks at all that it stands in.
        return estimate.cost_ + estimate.greatest_depth_ * (estimate.lines_ * 4 + estimate.marks_ * 60);
    }

private:
    static constexpr std::string_view blanks = " \t\v\f";

    void add_line(std::string_view line) {
        ++lines_;
        greatest_depth_ = std::max(greatest_depth_, depth(line));
        if (line.find_first_not_of(blanks) == std::string_view::npos) {
            end_block();
            return;
        }
        block_bytes_ += line.size();
        add_cells(line);
        add_marks(line);
        add_words(line);
    }

    /// A line that may divide a table's head from its body has the paragraph above it read as the head, each
    /// time. The cells of a row are a list that is walked to append to it.
    void add_cells(std::string_view line) {
        if (line.find_first_not_of("|:-+*>.)0123456789 \t\v\f") == std::string_view::npos)
            cost_ += block_bytes_ * 20;
        const auto pipes = static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '|'));
        cost_ += pipes * pipes * 3;
    }

    void add_marks(std::string_view line) {
        marks_ += static_cast<std::uint64_t>(std::ranges::count_if(line, [](char c) {
            return std::string_view("*_~`[]!<&\\:@.'\"-").find(c) != std::string_view::npos;
        }));
        // Not quadratic, but slow: each may be in the middle of an address.
        cost_ += static_cast<std::uint64_t>(std::count(line.begin(), line.end(), '@')) * 10'000;
        closing_brackets_ += static_cast<std::uint64_t>(std::count(line.begin(), line.end(), ']'));
        for (std::size_t i = line.find("!["); i != std::string_view::npos; i = line.find("![", i + 2))
            ++images_;
    }

    /// A bare link has all of its parentheses counted for each one at its end. Where no link can be, all of
    /// the word is read again for each beginning of one.
    void add_words(std::string_view line) {
        while (!line.empty()) {
            const std::string_view word = line.substr(0, line.find_first_of(blanks));
            const auto parentheses = static_cast<std::uint64_t>(std::count(word.begin(), word.end(), ')'));
            auto prefixes = static_cast<std::uint64_t>(std::count(word.begin(), word.end(), ':'));
            for (std::size_t i = word.find("www."); i != std::string_view::npos; i = word.find("www.", i + 4))
                ++prefixes;
            cost_ += (parentheses + 3 * prefixes) * word.size();
            line.remove_prefix(std::min(word.size() + 1, line.size()));
        }
    }

    /// Every link looks at all images that are open before it.
    void end_block() {
        cost_ += images_ * closing_brackets_ * 8;
        block_bytes_ = images_ = closing_brackets_ = 0;
    }

    /// At most so many quotes and lists may be open in this line: each line, even an empty one, passes all of
    /// them.
    static std::uint64_t depth(std::string_view line) {
        std::uint64_t halves = 0;
        for (const char character : line) {
            if (character == ' ')
                ++halves;
            else if (character == '\t')
                halves += 4;
            else if (character == '>' || character == '-' || character == '+' || character == '*')
                halves += 2;
            else if (character == '.' || character == ')')
                halves += 2;
            else if (character < '0' || character > '9')
                break;
        }
        return halves / 2;
    }

    std::uint64_t cost_{0};
    std::uint64_t lines_{0};
    std::uint64_t marks_{0}; ///< that may begin or end a piece of inline text
    std::uint64_t greatest_depth_{0};
    std::uint64_t block_bytes_{0}; ///< of the lines since the last empty one
    std::uint64_t images_{0};
    std::uint64_t closing_brackets_{0};
};

constexpr std::uint64_t max_cost = 3'000'000'000;

Check check_limits(std::string_view markdown) {
    if (markdown.size() > max_markdown_length)
        return Error{ErrorCode::not_supported,
                     "the Markdown text is too long: " + std::to_string(markdown.size()) + " bytes",
                     "It must not be longer than " + std::to_string(max_markdown_length) + " bytes."};
    if (CostEstimate::of(markdown) > max_cost)
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

struct CodePoint {
    char32_t value;
    std::size_t length;
};

/// The first character of a text in UTF-8, as cmark-gfm has made it.
CodePoint first_code_point(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length > text.size() || lead < 0x80)
        return {lead, 1};
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    return {value, length};
}

void append_code_point(std::string& out, char32_t value) {
    if (value < 0x80) {
        out += static_cast<char>(value);
    } else if (value < 0x800) {
        out += static_cast<char>(0xC0 | value >> 6);
        out += static_cast<char>(0x80 | (value & 0x3F));
    } else {
        if (value < 0x10000) {
            out += static_cast<char>(0xE0 | value >> 12);
        } else {
            out += static_cast<char>(0xF0 | value >> 18);
            out += static_cast<char>(0x80 | (value >> 12 & 0x3F));
        }
        out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (value & 0x3F));
    }
}

struct Range {
    char32_t first;
    char32_t last;
};

/// Beyond ASCII, the blocks of controls, spaces, punctuation and symbols: letters of every script stay.
constexpr Range dropped_characters[] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},       {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x1680, 0x1680}, {0x2000, 0x206F}, {0x2190, 0x2BFF},   {0x2E00, 0x2E7F},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0xD800, 0xF8FF}, {0xFE00, 0xFE0F},   {0xFE10, 0xFE1F},
    {0xFE30, 0xFE6F}, {0xFEFF, 0xFF0F}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF}};

bool is_dropped(char32_t value) {
    if (value < 0x80)
        return !((value >= '0' && value <= '9') || (value >= 'a' && value <= 'z') || value == '-' ||
                 value == '_');
    return std::any_of(std::begin(dropped_characters), std::end(dropped_characters),
                       [value](const Range& range) { return range.first <= value && value <= range.last; });
}

/// Of ASCII, Latin, Greek and Cyrillic, where one character answers one.
char32_t lower_case(char32_t value) {
    const auto is_within = [value](char32_t first, char32_t last) { return first <= value && value <= last; };
    if (is_within('A', 'Z') || (is_within(0xC0, 0xDE) && value != 0xD7) ||
        (is_within(0x391, 0x3A9) && value != 0x3A2) || is_within(0x410, 0x42F))
        return value + 0x20;
    if (is_within(0x400, 0x40F))
        return value + 0x50;
    const bool is_pair_from_even = (is_within(0x100, 0x137) && value != 0x130 && value != 0x131) ||
                                   is_within(0x14A, 0x177) || is_within(0x460, 0x481);
    const bool is_pair_from_odd = is_within(0x139, 0x148) || is_within(0x179, 0x17E);
    if ((is_pair_from_even && value % 2 == 0) || (is_pair_from_odd && value % 2 == 1))
        return value + 1;
    return value;
}

/// Holds letters, digits, '-' and '_' only: nothing that HTML or JSON gives a meaning to.
std::string anchor_of(std::string_view title) {
    std::string anchor;
    while (!title.empty()) {
        const CodePoint character = first_code_point(title);
        title.remove_prefix(character.length);
        const char32_t value = character.value == ' ' ? U'-' : lower_case(character.value);
        if (is_dropped(value))
            continue;
        const std::size_t length = anchor.size();
        append_code_point(anchor, value);
        if (anchor.size() > max_anchor_length) {
            anchor.resize(length);
            break;
        }
    }
    return anchor.empty() ? "section" : anchor;
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
        const std::string base = anchor_of(heading.title);
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
