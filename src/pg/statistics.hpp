#pragma once

#include <string_view>

#include "pg/value.hpp"

namespace policies::pg {

/// The share of a table's rows, from 0 to 1, that hold a text in a column of the types text or varchar, as
/// the last ANALYZE estimated it: 0 for a text that is not among the most frequent ones, and before any
/// ANALYZE.
double share_of_text(Oid relation, const char* column, std::string_view text);

} // namespace policies::pg
