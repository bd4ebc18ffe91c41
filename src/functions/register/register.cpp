#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/document/version.hpp"
#include "functions/guard_rails/schema_access.hpp"
#include "functions/register/register_sql.hpp"
#include "pg/context.hpp"
#include "pg/guard.hpp"
#include "pg/spi.hpp"
#include "pg/table.hpp"

// create_register(): builds the register's tables and API, or brings them to the library's version.

namespace {

using namespace policies;

/// What register_version() returns for the API of a version and digest.
std::string version_text(const std::string& version, const std::string& digest) {
    return version + "+" + digest.substr(0, 12);
}

std::string latest_version() {
    return version_text(library_version(), register_api().digest);
}

bool is_later_version(const std::string& version, const std::string& than) {
    return core::compare_versions(*core::parse_version(version), *core::parse_version(than)) > 0;
}

/// The version of the API that was applied last; none where there is no register.
std::optional<std::string> applied_version() {
    if (!pg::relation_exists("policies", "register_steps")) {
        return std::nullopt;
    }
    const auto rows =
        pg::query("SELECT version, digest FROM policies.register_steps WHERE name OPERATOR(pg_catalog.=) $1",
                  {pg::text_parameter(register_api().name)});
    if (rows.empty()) {
        return std::nullopt;
    }
    return version_text(rows[0][0].value(), rows[0][1].value());
}

/// The register's SQL needs the functions of its own version.
void require_current_extension() {
    const auto rows =
        pg::query("SELECT extversion FROM pg_catalog.pg_extension WHERE extname OPERATOR(pg_catalog.=) "
                  "'policies'",
                  {});
    const std::string installed = rows.at(0)[0].value();
    if (installed == library_version()) {
        return;
    }
    const bool is_older = is_later_version(library_version(), installed);
    pg::fail({.code = core::ErrorCode::not_supported,
              .message = "the extension is at version " + installed + ", and its library at version " +
                         library_version(),
              .detail = "The register is built with functions of the library's version.",
              .hint = is_older ? "Run ALTER EXTENSION policies UPDATE first."
                               : "This session loaded the library before it was replaced: connect again."});
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

void apply(const RegisterScript& script) {
    for (const char* text : script.texts) {
        pg::execute(text);
    }
}

void record(const RegisterScript& script) {
    pg::execute("INSERT INTO policies.register_steps (name, version, digest) VALUES ($1, $2, $3) "
                "ON CONFLICT (name) DO UPDATE SET version = excluded.version, digest = excluded.digest, "
                "applied_at = excluded.applied_at, applied_by = excluded.applied_by",
                {pg::text_parameter(script.name), pg::text_parameter(library_version()),
                 pg::text_parameter(script.digest)});
}

/// New tables are in the shape that the updates lead to.
void create_tables() {
    apply(register_tables());
    record(register_tables());
    for (const auto& update : register_updates()) {
        record(update);
    }
}

struct Step {
    std::string name;
    std::string version;
    std::string digest;
};

std::vector<Step> applied_steps() {
    std::vector<Step> steps;
    for (const auto& row : pg::query("SELECT name, version, digest FROM policies.register_steps", {})) {
        steps.push_back({.name = row[0].value(), .version = row[1].value(), .digest = row[2].value()});
    }
    return steps;
}

/// A register that was restored under an older library is not taken back to it.
void require_no_later_register(const std::vector<Step>& applied) {
    for (const auto& step : applied) {
        if (is_later_version(step.version, library_version())) {
            pg::fail({.code = core::ErrorCode::not_supported,
                      .message = "the register is at version " + step.version +
                                 ", and the library at version " + library_version(),
                      .hint = "Install version " + step.version + " of the extension, or a later one."});
        }
    }
}

/// Updates never change once they are released. Where another text was applied than the library has, nobody knows
/// the shape of the tables, and the API would fail one day at what they lack.
void require_own_updates(const std::vector<Step>& applied) {
    for (const auto& step : applied) {
        if (step.name == register_tables().name || step.name == register_api().name) {
            continue;
        }
        const auto updates = register_updates();
        const auto own = std::ranges::find(updates, step.name, &RegisterScript::name);
        if (own == updates.end() || own->digest != step.digest) {
            pg::fail(
                {.code = core::ErrorCode::not_supported,
                 .message = "the update " + core::quoted(step.name) +
                            " was applied with another text than the library has",
                 .detail = "Released updates do not change: it was one of a version under development.",
                 .hint = std::string("Give the tables the shape that the library's text gives them, and ") +
                         (own == updates.end() ? "take it out of policies.register_steps."
                                               : "set its digest in policies.register_steps to " +
                                                     std::string(own->digest) + ".")});
        }
    }
}

/// In the order of their names, each in the shape that those before it left, and under the functions of the
/// library's version, which ALTER EXTENSION has brought before.
void update_tables() {
    const auto applied = applied_steps();
    require_no_later_register(applied);
    require_own_updates(applied);
    for (const auto& update : register_updates()) {
        if (std::ranges::find(applied, update.name, &Step::name) == applied.end()) {
            apply(update);
            record(update);
        }
    }
}

void bring_up_to_date() {
    const pg::RunAs role(administrator());
    if (pg::relation_exists("policies", "register_steps")) {
        update_tables();
    } else {
        create_tables();
    }
    apply(register_api());
    record(register_api());
}

void build_register() {
    const pg::SpiSession session;
    require_current_extension();
    // One session at a time, the first time included, when there is no table to lock yet.
    lock_schema("policies");
    if (applied_version() == latest_version()) {
        return;
    }
    const SchemaCreation in_policies("policies");
    const SchemaCreation in_api("policies_api");
    bring_up_to_date();
    in_api.end();
    in_policies.end();
}

} // namespace

// Their results outlive the session with SPI.

POLICIES_RAW_FUNCTION(create_register) {
    build_register();
    return pg::text_datum(latest_version());
}

POLICIES_RAW_FUNCTION(register_version) {
    const auto version = [] {
        const pg::SpiSession session;
        return applied_version();
    }();
    if (!version) {
        PG_RETURN_NULL();
    }
    return pg::text_datum(*version);
}

POLICIES_RAW_FUNCTION(latest_register_version) {
    return pg::text_datum(latest_version());
}
