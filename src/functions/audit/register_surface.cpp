#include "functions/audit/register_surface.hpp"

#include "functions/register/register_sql.hpp"
#include "pg/function.hpp"

// What audit() compares the catalog with.

namespace policies {

namespace {

pg::Json audit_wanted_surface() {
    return {std::string(surface_document())};
}

/// The steps that register_steps must have, and has not, or with another text. Without its step, an update would be
/// applied again. The tables are recorded with the text that they were made of, whatever it was.
std::vector<std::string> audit_missing_steps() {
    std::vector<std::string> missing;
    const auto require = [&](const RegisterScript& script, bool is_made_once) {
        if (pg::execute("SELECT FROM policies.register_steps WHERE name = $1 AND ($2 OR digest = $3)",
                        script.name, is_made_once, script.digest) == 0) {
            missing.emplace_back(script.name);
        }
    };
    if (pg::relation_exists("policies", "register_steps")) {
        const pg::AsReader reader("register_steps");
        require(register_tables(), true);
        for (const auto& update : register_updates()) {
            require(update, false);
        }
    }
    return missing;
}

/// Whether a text of the library, which another major version may have printed, means what the catalog has. Of
/// an aspect that is no SQL, no other text does.
bool audit_means_the_same(const std::string& aspect, const std::string& found, const std::string& wanted,
                          pg::Oid object) {
    if (aspect == "definition") {
        return pg::spelling_of_query(wanted) == found;
    }
    if (aspect == "condition of the trigger") {
        return pg::spelling_of_trigger_condition(wanted, object) == found;
    }
    if (aspect == "statements") {
        const auto spelling = pg::spelling_of_body(wanted, object);
        return spelling && spelling == pg::spelling_of_own_body(object);
    }
    if (aspect == "argument defaults") {
        return pg::spelling_of_expressions(wanted, pg::no_oid) == found;
    }
    for (const auto* const expression : {"default", "condition", "using", "with check", "predicate"}) {
        if (aspect == expression) {
            return pg::spelling_of_expressions(wanted, object) == found;
        }
    }
    return false;
}

} // namespace

POLICIES_FUNCTION(audit_wanted_surface);
POLICIES_FUNCTION(audit_missing_steps);
POLICIES_FUNCTION(audit_means_the_same);

} // namespace policies
