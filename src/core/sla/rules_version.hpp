#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/calendar/instant.hpp"

namespace policies::core {

/// One version of a row: its id, and since when it has been as it is, which no two versions share.
struct RowVersion {
    std::string id;
    Instant since{0};
};

/// The versions that a ticket's clock runs by: of its policy, and of the calendar where it runs on one.
struct RulesVersion {
    RowVersion policy;
    std::optional<RowVersion> calendar{};
};

/// The version as a text: pol_01J9Z3NDEKTSV4RRFFQ69G5FAV@849344400000000.
std::string format_row_version(const RowVersion& version);

/// Joins what format_row_version has written of a policy and, unless it is empty, a calendar.
std::string format_rules_version(std::string_view policy, std::string_view calendar);

/// Reads what format_rules_version has written. Errors: invalid_text naming the text.
Result<RulesVersion> parse_rules_version(std::string_view text);

} // namespace policies::core
