#include <cstdint>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "core/document/html_check.hpp"
#include "core/document/markdown.hpp"
#include "fuzz/require.hpp"

using namespace policies::core;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view markdown(reinterpret_cast<const char*>(data), size);
    const auto html = markdown_to_html(markdown);
    const auto contents = table_of_contents(markdown);
    require(static_cast<bool>(html) == static_cast<bool>(contents));
    if (!html) {
        require(html.error().code == ErrorCode::not_supported);
        return 0;
    }
    HtmlCheck check(*html);
    require(check.find_fault().empty());
    require(html->find("<script") == std::string::npos);
    const auto entries = nlohmann::json::parse(*contents);
    require(check.ids.size() == entries.size());
    for (const auto& entry : entries) {
        require(check.ids.contains(entry["anchor"].get<std::string>()));
        require(entry["level"] >= 1 && entry["level"] <= 6 && entry["title"].is_string());
    }
    return 0;
}
