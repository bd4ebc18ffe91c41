#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace policies::core {

/// The longest Markdown text that is read, in bytes.
inline constexpr std::size_t max_markdown_length = 4 * 1024 * 1024;

/// The HTML of a Markdown text: CommonMark with GitHub's tables, strikethrough, bare links, task lists and footnotes,
/// by cmark-gfm. The result is a fragment that is safe to show to others:
/// - raw HTML is left out, a comment in its place;
/// - links lead to http, https, mailto and tel addresses, relative ones and fragments, images to http, https
///   and relative ones; any other address becomes empty;
/// - headings carry anchors as their id, as GitHub makes them: the title in lower case, with hyphens for
///   spaces and without punctuation (scope, then scope-1); "section" when nothing is left of the title;
/// - footnotes and the references to them carry ids that no other text has, nor any heading.
/// Byte sequences that are not UTF-8, and U+0000, become U+FFFD.
///
/// Errors: not_supported: a text longer than max_markdown_length, one that would take more than 256 MiB of
/// memory, or one of markup that cmark-gfm takes quadratic time for and that would take many seconds.
Result<std::string> markdown_to_html(std::string_view markdown);

/// The headings of a Markdown text in their order, as the JSON text of an array of {"level", "title",
/// "anchor"}: the level from 1 to 6, the title as plain text, the anchor as in the HTML. Errors: as
/// markdown_to_html.
Result<std::string> table_of_contents(std::string_view markdown);

} // namespace policies::core
