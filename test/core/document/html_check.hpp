#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

namespace policies::core {

/// Reads HTML as strictly as markdown_to_html should write it, and finds what it must not hold.
class HtmlCheck {
public:
    explicit HtmlCheck(std::string_view html) : rest_(html) {}

    /// What is wrong, or an empty text.
    std::string find_fault() {
        while (fault_.empty()) {
            const std::size_t tag = rest_.find('<');
            const std::string_view text = rest_.substr(0, tag);
            if (text.find('>') != std::string_view::npos)
                return "a stray '>' in: " + std::string(text.substr(0, 100));
            if (tag == std::string_view::npos)
                return find_lost_link();
            rest_.remove_prefix(tag);
            read_tag();
        }
        return fault_;
    }

    /// Of all headings.
    std::set<std::string, std::less<>> ids;
    /// Of all footnotes, and of the references to them.
    std::set<std::string, std::less<>> footnote_ids;

private:
    bool take(std::string_view part) {
        if (!rest_.starts_with(part))
            return false;
        rest_.remove_prefix(part.size());
        return true;
    }

    std::string_view take_name() {
        std::size_t length = 0;
        while (length < rest_.size() &&
               (std::isalnum(static_cast<unsigned char>(rest_[length])) || rest_[length] == '-'))
            ++length;
        const std::string_view name = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return name;
    }

    void read_tag() {
        static constexpr std::string_view tags[] = {
            "a",      "blockquote", "br",    "code",  "del",   "em", "h1",    "h2", "h3",  "h4",
            "h5",     "h6",         "hr",    "img",   "input", "li", "ol",    "p",  "pre", "section",
            "strong", "sup",        "table", "tbody", "td",    "th", "thead", "tr", "ul"};
        if (take("<!-- raw HTML omitted -->"))
            return;
        const std::string_view start = rest_;
        rest_.remove_prefix(1);
        const bool closes = take("/");
        const std::string_view name = take_name();
        if (std::find(std::begin(tags), std::end(tags), name) == std::end(tags)) {
            fault_ = "a tag: " + std::string(start.substr(0, 100));
            return;
        }
        while (fault_.empty() && !closes && rest_.starts_with(' ') && !rest_.starts_with(" />"))
            read_attribute(name);
        take(" /");
        if (fault_.empty() && !take(">"))
            fault_ = "no end of a tag: " + std::string(start.substr(0, 100));
    }

    void read_attribute(std::string_view tag) {
        const std::string_view start = rest_;
        rest_.remove_prefix(1);
        const std::string_view name = take_name();
        const std::size_t end = take("=\"") ? rest_.find('"') : std::string_view::npos;
        if (end == std::string_view::npos || !is_allowed(tag, name, rest_.substr(0, end))) {
            fault_ = "an attribute of " + std::string(tag) + ": " + std::string(start.substr(0, 100));
            return;
        }
        rest_.remove_prefix(end + 1);
    }

    bool is_allowed(std::string_view tag, std::string_view name, std::string_view value) {
        if (value.find_first_of("<>") != std::string_view::npos)
            return false;
        if (name == "id" && (tag == "a" || tag == "li"))
            return is_footnote_id(value, tag == "a" ? "footnote-reference." : "footnote.") &&
                   footnote_ids.insert(std::string(value)).second && (tag == "li" || leads_to_footnote());
        if (name == "id")
            return tag.size() == 2 && tag[0] == 'h' && is_id(value) && ids.insert(std::string(value)).second;
        if (name == "href") {
            address_ = value;
            return tag == "a" && is_address(value, {"http", "https", "mailto", "tel"});
        }
        if (name == "class" && tag != "code")
            return (tag == "sup" && value == "footnote-ref") || (tag == "section" && value == "footnotes") ||
                   (tag == "a" && value == "footnote-backref" && leads_to_footnote());
        if (name == "aria-label")
            return tag == "a" && value.starts_with("↩ ") && is_number(value.substr(value.find(' ') + 1));
        if (name == "src")
            return tag == "img" && is_address(value, {"http", "https"});
        if (name == "title")
            return tag == "a" || tag == "img";
        if (name == "align")
            return (tag == "td" || tag == "th") && (value == "left" || value == "center" || value == "right");
        if (name == "type")
            return tag == "input" && value == "checkbox";
        return (name == "alt" && tag == "img") || (name == "class" && tag == "code") ||
               (name == "start" && tag == "ol") ||
               ((name == "disabled" || name == "checked") && tag == "input");
    }

    static bool is_id(std::string_view value) {
        return !value.empty() && std::all_of(value.begin(), value.end(), [](char character) {
            const auto byte = static_cast<unsigned char>(character);
            return byte >= 0x80 || std::isdigit(byte) || std::islower(byte) || byte == '-' || byte == '_';
        });
    }

    static bool is_number(std::string_view value) {
        return !value.empty() && value.find_first_not_of("0123456789.") == std::string_view::npos;
    }

    /// The text's hash, the footnote's number, and for further references theirs.
    static bool is_footnote_id(std::string_view value, std::string_view beginning) {
        if (!value.starts_with(beginning))
            return false;
        value.remove_prefix(beginning.size());
        return value.find_first_not_of("0123456789abcdef") == 16 && value[16] == '.' &&
               is_number(value.substr(17));
    }

    /// Remembers where a link between footnotes leads.
    bool leads_to_footnote() {
        if (!address_.starts_with('#'))
            return false;
        footnote_links_.emplace(address_.substr(1));
        return true;
    }

    std::string find_lost_link() const {
        for (const std::string& link : footnote_links_) {
            if (!footnote_ids.contains(link))
                return "a footnote's link to nowhere: " + link;
        }
        return {};
    }

    /// By what the browser sees: character references replaced, blanks and control characters gone.
    static bool is_address(std::string_view value, const std::set<std::string>& schemes) {
        std::string address;
        while (!value.empty()) {
            static constexpr std::string_view references[][2] = {
                {"&amp;", "&"}, {"&quot;", "\""}, {"&#x27;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}};
            const auto* reference =
                std::find_if(std::begin(references), std::end(references),
                             [&](const auto& pair) { return value.starts_with(pair[0]); });
            if (reference != std::end(references)) {
                address += (*reference)[1];
                value.remove_prefix((*reference)[0].size());
                continue;
            }
            if (value.front() == '&')
                return false;
            if (static_cast<unsigned char>(value.front()) > ' ')
                address += static_cast<char>(std::tolower(static_cast<unsigned char>(value.front())));
            value.remove_prefix(1);
        }
        const std::size_t end = address.find_first_of(":/?#");
        return end == std::string::npos || address[end] != ':' || schemes.contains(address.substr(0, end));
    }

    std::string_view rest_;
    std::string_view address_;
    std::set<std::string> footnote_links_;
    std::string fault_;
};

} // namespace policies::core
