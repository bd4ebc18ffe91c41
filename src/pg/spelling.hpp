#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pg/value.hpp"

// How this server prints SQL that it is given. Major versions print one and the same expression differently: two texts
// mean the same where the server prints what it read of both alike. Nothing that is given is run, and given is only what
// stands in the library. A text that this server cannot make sense of has no spelling.

namespace policies::pg {

/// Expressions, separated by commas, over the columns of a table (or of none), as pg_get_expr() prints them.
std::optional<std::string> spelling_of_expressions(const std::string& text, Oid table);

/// The condition of a trigger on a table, as pg_get_triggerdef() prints it.
std::optional<std::string> spelling_of_trigger_condition(const std::string& text, Oid table);

/// A query, as pg_get_viewdef() prints it.
std::optional<std::string> spelling_of_query(const std::string& text);

/// The body of a SQL function, BEGIN ATOMIC or RETURN, with its arguments by number.
std::optional<std::string> spelling_of_body(const std::string& text, Oid function);

/// The body that a SQL function has, printed in the same way; nothing where it is a text.
std::optional<std::string> spelling_of_own_body(Oid function);

} // namespace policies::pg
