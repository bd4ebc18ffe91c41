#include "core/document/footnotes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

namespace policies::core {

namespace {

// What cmark-gfm writes, by which a tag is known: it escapes every '<' of the text, and has no classes for what the
// text may choose.
constexpr std::string_view reference_begin = "<sup class=\"footnote-ref\"><a href=\"#fn-";
constexpr std::string_view reference_end = "</a></sup>";
constexpr std::string_view note_begin = "<li id=\"fn-";
constexpr std::string_view way_back_begin = "<a href=\"#fnref-";
constexpr std::string_view way_back_class = "\" class=\"footnote-backref\"";
constexpr std::string_view way_back_end = "</a>";
constexpr std::string_view section_begin = "<section class=\"footnotes\"";

/// FNV-1a, as the beginning of an id.
std::string hash_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char character : text) {
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211U;
    }
    std::string digits(16, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4) {
        *digit = "0123456789abcdef"[hash & 15];
    }
    return digits;
}

/// Rewrites the tags of footnotes, in the order in which they stand: first all references, since the ways back to them
/// lie between those of other notes.
class FootnoteWriter {
public:
    FootnoteWriter(std::string_view html, std::string_view markdown)
        : html_(html), note_id_("footnote." + hash_of(markdown) + '.'),
          reference_id_("footnote-reference." + note_id_.substr(note_id_.find('.') + 1)) {}

    std::string write() {
        write_references();
        return write_notes();
    }

private:
    /// What is left of the HTML, up to a tag, goes to the text as it is; false if there is no other tag.
    bool pass_to_tag(std::string& out) {
        const std::size_t tag = html_.find('<', is_at_tag_ ? 1 : 0);
        out += html_.substr(0, tag);
        is_at_tag_ = tag != std::string_view::npos;
        html_.remove_prefix(is_at_tag_ ? tag : html_.size());
        return is_at_tag_;
    }

    /// Takes the HTML up to the end of something, and gives what stood before that.
    std::string_view take_until(std::string_view end) {
        const std::size_t length = html_.find(end);
        const auto taken = html_.substr(0, length);
        html_.remove_prefix(length == std::string_view::npos ? html_.size() : length + end.size());
        is_at_tag_ = false;
        return taken;
    }

    std::string reference_id(std::size_t note, std::size_t repetition) const {
        return reference_id_ + std::to_string(note) +
               (repetition > 1 ? '.' + std::to_string(repetition) : "");
    }

    void write_references() {
        bool is_in_link = false;
        while (pass_to_tag(referring_)) {
            if (html_.starts_with(reference_begin)) {
                write_reference(is_in_link);
            } else if (html_.starts_with("<a ")) {
                is_in_link = true;
            } else if (html_.starts_with("</a>")) {
                is_in_link = false;
            }
        }
        html_ = referring_;
    }

    /// A link cannot lie in another one.
    void write_reference(bool is_in_link) {
        const auto tag = take_until(reference_end);
        const auto number = tag.substr(tag.rfind('>') + 1);
        std::size_t note = 0;
        std::from_chars(number.data(), number.data() + number.size(), note);
        referring_ += "<sup class=\"footnote-ref\">";
        if (is_in_link) {
            referring_ += number;
        } else {
            if (note >= references_.size()) {
                references_.resize(note + 1);
            }
            referring_ += "<a href=\"#" + note_id_ + std::to_string(note) + "\" id=\"" +
                          reference_id(note, ++references_[note]) + "\">";
            referring_ += number;
            referring_ += "</a>";
        }
        referring_ += "</sup>";
    }

    std::string write_notes() {
        std::string out;
        while (pass_to_tag(out)) {
            if (html_.starts_with(section_begin)) {
                take_until(">");
                out += std::string(section_begin) + '>';
            } else if (html_.starts_with(note_begin)) {
                take_until(">");
                out += "<li id=\"" + note_id_ + std::to_string(++note_) + "\">";
                has_ways_back_ = false;
            } else if (is_way_back()) {
                take_until(way_back_end);
                write_ways_back(out);
            }
        }
        return out;
    }

    bool is_way_back() const {
        if (!html_.starts_with(way_back_begin)) {
            return false;
        }
        const auto rest = html_.substr(way_back_begin.size());
        return rest.substr(std::min(rest.find('"'), rest.size())).starts_with(way_back_class);
    }

    /// One to each reference, in place of the first one of cmark-gfm's.
    void write_ways_back(std::string& out) {
        if (std::exchange(has_ways_back_, true)) {
            out.resize(out.find_last_not_of(' ') + 1);
            return;
        }
        const std::size_t count = note_ < references_.size() ? references_[note_] : 0;
        for (std::size_t i = 1; i <= count; ++i) {
            const auto repetition = std::to_string(i);
            out += (i > 1 ? " <a href=\"#" : "<a href=\"#") + reference_id(note_, i) +
                   "\" class=\"footnote-backref\" aria-label=\"↩ " + std::to_string(note_) +
                   (i > 1 ? "." + repetition : "") + "\">↩" + (i > 1 ? "<sup>" + repetition + "</sup>" : "") +
                   "</a>";
        }
    }

    std::string_view html_;
    bool is_at_tag_{false};
    std::string note_id_;
    std::string reference_id_;
    std::string referring_;               ///< the HTML with references rewritten
    std::vector<std::size_t> references_; ///< how many there are to a note
    std::size_t note_{0};
    bool has_ways_back_{false};
};

} // namespace

std::string with_footnote_ids(std::string_view html, std::string_view markdown) {
    if (html.find(reference_begin) == std::string_view::npos &&
        html.find(section_begin) == std::string_view::npos) {
        return std::string(html);
    }
    return FootnoteWriter(html, markdown).write();
}

} // namespace policies::core
