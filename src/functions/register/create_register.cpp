#include <algorithm>

#include "core/document/version.hpp"
#include "functions/guard_rails/schema_access.hpp"
#include "functions/register/own_register.hpp"
#include "functions/register/register_sql.hpp"

// The register's tables and API are built, or brought to the library's version.

namespace policies {

namespace {

/// What create_register() has applied, as it stands in register_steps.
struct Step {
    std::string name;
    std::string version;
    std::string digest;
};

/// What register_version() returns for the API of a version and digest.
std::string version_text(const std::string& version, const std::string& digest) {
    return version + "+" + digest.substr(0, 12);
}

std::string latest_register_version() {
    return version_text(library_version(), register_api().digest);
}

bool is_later_version(const std::string& version, const std::string& than) {
    return core::compare_versions(*core::parse_version(version), *core::parse_version(than)) > 0;
}

/// The version of the API that was applied last; none where there is no register.
std::optional<std::string> register_version() {
    if (!pg::relation_exists("policies", "register_steps")) {
        return std::nullopt;
    }
    const pg::AsReader reader("register_steps");
    const auto step = pg::query_one<std::optional<Step>>(
        "SELECT name, version, digest FROM policies.register_steps WHERE name = $1", register_api().name);
    return step ? std::optional(version_text(step->version, step->digest)) : std::nullopt;
}

/// The register's SQL needs the functions of its own version.
void require_current_extension() {
    const auto installed =
        pg::query_one<std::string>("SELECT extversion FROM pg_extension WHERE extname = 'policies'");
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

/// A schema is open for a statement that makes an object in it, and for no other: what triggers and expressions
/// run, runs where nothing is open.
void apply(const RegisterScript& script) {
    for (const char* text : script.texts) {
        for (const auto& statement : pg::statements_of(text)) {
            const SchemaCreation creation(statement.creates_in);
            pg::execute(statement.text);
            creation.end();
        }
    }
}

void record(const RegisterScript& script) {
    pg::execute("INSERT INTO policies.register_steps (name, version, digest) VALUES ($1, $2, $3) "
                "ON CONFLICT (name) DO UPDATE SET version = excluded.version, digest = excluded.digest, "
                "applied_at = excluded.applied_at, applied_by = excluded.applied_by",
                script.name, library_version(), script.digest);
}

/// New tables are in the shape that the updates lead to.
void create_tables() {
    apply(register_tables());
    record(register_tables());
    for (const auto& update : register_updates()) {
        record(update);
    }
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

/// Updates never change once they are released. Where another text was applied than the library has, nobody
/// knows the shape of the tables, and the API would fail one day at what they lack.
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
    const auto applied = pg::query<Step>("SELECT name, version, digest FROM policies.register_steps");
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
    require_own_register();
    if (pg::relation_exists("policies", "register_steps")) {
        update_tables();
    } else {
        create_tables();
    }
    apply(register_api());
    record(register_api());
    // What was there before may have been changed by others meanwhile, where no lock keeps it.
    require_own_register();
}

std::string create_register() {
    require_current_extension();
    if (pg::has_transaction_snapshot()) {
        pg::fail({.code = core::ErrorCode::not_supported,
                  .message = "create_register() must run at the isolation level READ COMMITTED",
                  .detail = "It has to see what others attached to the register while it waited for locks."});
    }
    // One session at a time, the first time included, when there is no table to lock yet.
    pg::lock_schema("policies");
    const pg::AsAdministrator administrator;
    if (register_version() != latest_register_version()) {
        bring_up_to_date();
    }
    return latest_register_version();
}

} // namespace

POLICIES_FUNCTION(create_register);
POLICIES_FUNCTION(register_version);
POLICIES_FUNCTION(latest_register_version);

} // namespace policies
