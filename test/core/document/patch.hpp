#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace policies::core {

/// A patch applied to its text, as strictly as can be: every context and removed line must match, every range
/// must be exact.
class PatchReader {
public:
    PatchReader(std::string_view from, std::string_view patch) : from_(from), patch_(patch) {}

    /// The patched text, or nothing when the patch does not fit. Sets added and removed, and counts, the last
    /// line.
    std::optional<std::string> apply() {
        if (patch_.starts_with("--- ") &&
            !(take_line().starts_with("--- ") && take_line().starts_with("+++ ")))
            return {};
        while (patch_.starts_with("@@ ")) {
            if (!apply_hunk())
                return {};
        }
        counts = patch_;
        out_ += from_.substr(position_);
        return out_;
    }

    std::size_t added{0};
    std::size_t removed{0};
    std::string_view counts;

private:
    static std::string_view first_line(std::string_view text) {
        const std::size_t end = text.find('\n');
        return end == std::string_view::npos ? text : text.substr(0, end + 1);
    }

    std::string_view take_line() {
        const std::string_view line = first_line(patch_);
        patch_.remove_prefix(line.size());
        return line;
    }

    static bool take(std::string_view& text, std::string_view part) {
        if (!text.starts_with(part))
            return false;
        text.remove_prefix(part.size());
        return true;
    }

    static bool take_number(std::string_view& text, std::size_t& number) {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec != std::errc{})
            return false;
        text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
        return true;
    }

    /// The count of lines before the range, and in it.
    static bool take_range(std::string_view& text, std::size_t& before, std::size_t& count) {
        count = 1;
        if (!take_number(text, before) || (take(text, ",") && (!take_number(text, count) || count == 1)))
            return false;
        if (count > 0 && before-- == 0)
            return false;
        return true;
    }

    /// Copies lines up to that number.
    bool copy_to(std::size_t line_number) {
        while (from_lines_ < line_number && position_ < from_.size())
            copy_line();
        return from_lines_ == line_number;
    }

    void copy_line() {
        const std::string_view line = first_line(from_.substr(position_));
        out_ += line;
        position_ += line.size();
        ++from_lines_;
        ++to_lines_;
    }

    bool apply_hunk() {
        std::size_t from_before = 0, from_count = 0, to_before = 0, to_count = 0;
        std::string_view line = take_line();
        if (!take(line, "@@ -") || !take_range(line, from_before, from_count) || !take(line, " +") ||
            !take_range(line, to_before, to_count) || line != " @@\n" || !copy_to(from_before) ||
            to_lines_ != to_before)
            return false;
        while (from_lines_ < from_before + from_count || to_lines_ < to_before + to_count) {
            if (!apply_line())
                return false;
        }
        return from_lines_ == from_before + from_count && to_lines_ == to_before + to_count;
    }

    bool apply_line() {
        std::string_view line = take_line();
        if (line.empty())
            return false;
        const char mark = line.front();
        line.remove_prefix(1);
        if (patch_.starts_with('\\')) {
            if (take_line() != "\\ No newline at end of file\n")
                return false;
            line.remove_suffix(1);
        }
        if (mark == '+') {
            out_ += line;
            ++to_lines_;
            ++added;
            return true;
        }
        if ((mark != ' ' && mark != '-') || first_line(from_.substr(position_)) != line)
            return false;
        if (mark == ' ') {
            copy_line();
            return true;
        }
        position_ += line.size();
        ++from_lines_;
        ++removed;
        return true;
    }

    std::string_view from_;
    std::string_view patch_;
    std::size_t position_{0};
    std::size_t from_lines_{0};
    std::size_t to_lines_{0};
    std::string out_;
};

} // namespace policies::core
