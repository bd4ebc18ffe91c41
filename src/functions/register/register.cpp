#include <algorithm>
#include <string>

#include "core/document/version.hpp"
#include "functions/guard_rails/schema_access.hpp"
#include "functions/register/register_steps.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"

// create_register(): builds the register's tables, or brings them to the shape of the installed version.

namespace {

using namespace policies;

/// The highest step that was applied; 0 when there is no register.
int applied_version() {
    if (!pg::relation_exists("policies", "register_steps")) {
        return 0;
    }
    const auto rows = pg::query("SELECT coalesce(max(step), 0) FROM policies.register_steps", {});
    return std::stoi(rows[0][0].value());
}

/// The steps of the extension's installed version: the library may be newer than its SQL objects.
std::span<const RegisterStep> installed_steps() {
    const auto rows =
        pg::query("SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'policies'", {});
    const std::string installed_version = rows.at(0)[0].value();
    const auto installed = core::parse_version(installed_version);
    const auto is_later = [&installed](const RegisterStep& step) {
        return core::compare_versions(*core::parse_version(step.extension_version), *installed) > 0;
    };
    const auto steps = register_steps();
    return {steps.begin(), std::find_if(steps.begin(), steps.end(), is_later)};
}

Oid administrator() {
    const Oid oid = pg::call([] { return pg::role_oid(pg::admin_role); });
    if (!OidIsValid(oid)) {
        pg::fail(
            {.code = core::ErrorCode::wrong_object,
             .message = "role " + core::quoted(pg::admin_role) + " does not exist",
             .hint = "The register's tables belong to it. Create it: CREATE ROLE policies_admin NOLOGIN."});
    }
    return oid;
}

void apply(const RegisterStep& step) {
    pg::execute(step.sql);
    pg::execute("INSERT INTO policies.register_steps (step, name) VALUES ($1, $2)",
                {{.type = INT4OID, .value = Int32GetDatum(step.number)}, pg::text_parameter(step.name)});
}

int apply_missing_steps() {
    const auto steps = installed_steps();
    const pg::RunAs role(administrator());
    int version = applied_version();
    for (const auto& step : steps) {
        if (step.number > version) {
            apply(step);
            version = step.number;
        }
    }
    return version;
}

} // namespace

POLICIES_FUNCTION(create_register) {
    const pg::SpiSession session;
    // One session at a time: the scope waits for its turn, the first time included, when there is no table to
    // lock yet.
    const SchemaCreation in_policies("policies");
    const SchemaCreation in_api("policies_api");
    const int version = apply_missing_steps();
    in_api.end();
    in_policies.end();
    return Int32GetDatum(version);
}

POLICIES_FUNCTION(register_version) {
    const pg::SpiSession session;
    const int version = applied_version();
    if (version == 0) {
        PG_RETURN_NULL();
    }
    return Int32GetDatum(version);
}

POLICIES_FUNCTION(latest_register_version) {
    const pg::SpiSession session;
    const auto steps = installed_steps();
    return Int32GetDatum(steps.empty() ? 0 : steps.back().number);
}
