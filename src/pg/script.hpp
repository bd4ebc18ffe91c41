#pragma once

#include <string>
#include <vector>

// A script, statement by statement.

namespace policies::pg {

/// A statement of a script, and the schema in which it makes an object that needs CREATE there; empty for none.
struct ScriptStatement {
    std::string text;
    std::string creates_in;
};

/// The statements of a script, which must parse. What needs CREATE must be named with its schema: tables, indexes,
/// keys, views, functions and domains that are made, tables that are renamed. Nothing else gets it.
std::vector<ScriptStatement> statements_of(const std::string& script);

} // namespace policies::pg
