#include "pg/claim_names.hpp"

#include "pg/compatibility.hpp"
#include "pg/guard.hpp"
#include "pg/table.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "utils/array.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

constexpr const char* holder = "policies.claim_settings()";

/// A setting, and the part of the context that it names the claim of.
struct ClaimName {
    const char* setting;
    const char* standard;
    const char* description;
    std::string core::ClaimPaths::*path;
    char* value; ///< as it is set in this session
};

constinit std::array<ClaimName, 3> names{{
    {"policies.tenant_claim", "tenant_id", "The claim that holds the caller's tenant id.",
     &core::ClaimPaths::tenant, nullptr},
    {"policies.app_claim", "app_id", "The claim that holds the id of the calling application.",
     &core::ClaimPaths::app, nullptr},
    {"policies.person_claim", "sub", "The claim that holds the caller's person id.",
     &core::ClaimPaths::person, nullptr},
}};

void (*changed)() = nullptr;

void on_setting_change(const char*, void*) {
    changed();
}

void on_function_change(Datum, SystemCache, std::uint32_t) {
    changed();
}

/// PostgreSQL calls it outside any guard of ours: nothing may be thrown.
bool check_claim_setting(char** value, void**, GucSource) noexcept {
    try {
        const auto checked = core::check_claim_path(*value);
        if (!checked) {
            GUC_check_errmsg("%s", checked.error().message.c_str());
            GUC_check_errdetail("%s", checked.error().detail.c_str());
        }
        return static_cast<bool>(checked);
    } catch (...) {
        return false;
    }
}

/// The settings that policies.claim_settings() is declared with, each as "name=value"; none where there is no
/// such function.
std::optional<std::vector<std::string>> declared_settings() {
    const HeapTuple row = call([] {
        const Oid schema = get_namespace_oid("policies", true);
        return OidIsValid(schema)
                   ? SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum("claim_settings"),
                                     PointerGetDatum(buildoidvector(nullptr, 0)), ObjectIdGetDatum(schema))
                   : nullptr;
    });
    if (!HeapTupleIsValid(row)) {
        return std::nullopt;
    }

    struct Texts {
        Datum* values;
        int count;
    };

    const auto texts = call([&] {
        Texts found{};
        bool is_null = false;
        const Datum settings = SysCacheGetAttr(PROCNAMEARGSNSP, row, Anum_pg_proc_proconfig, &is_null);
        if (!is_null) {
            deconstruct_array(DatumGetArrayTypePCopy(settings), TEXTOID, -1, false, TYPALIGN_INT,
                              &found.values, nullptr, &found.count);
        }
        ReleaseSysCache(row);
        return found;
    });
    std::vector<std::string> declared;
    for (const Datum value : std::span(texts.values, static_cast<std::size_t>(texts.count))) {
        declared.emplace_back(VARDATA_ANY(DatumGetPointer(value)), VARSIZE_ANY_EXHDR(DatumGetPointer(value)));
    }
    return declared;
}

core::Error lost_names_error() {
    return {.code = core::ErrorCode::not_permitted,
            .message = "no tenant: the register does not say which claims to read",
            .detail = std::string("Its function ") + holder + " is missing.",
            .hint = "A superuser restores it from a dump, with its settings."};
}

core::Error conflict_error(const ClaimName& name, const std::string& declared) {
    return {.code = core::ErrorCode::not_permitted,
            .message = std::string("no tenant: the setting ") + name.setting + " is " +
                       core::quoted(name.value) + ", and the register reads the claim " +
                       core::quoted(declared),
            .detail = "Which claims are read is kept with the register, so that a dump keeps it.",
            .hint = std::string("A superuser changes it by ALTER FUNCTION ") + holder + " SET " +
                    name.setting + " = …, and takes the other setting back."};
}

} // namespace

void define_claim_names(void (*on_change)()) {
    changed = on_change;
    for (auto& name : names) {
        DefineCustomStringVariable(
            name.setting, name.description,
            "The name of a top-level claim, or a JSON Pointer such as /app_metadata/tenant_id. A register's "
            "stand in policies.claim_settings().",
            &name.value, name.standard, PGC_SUSET, 0, check_claim_setting, on_setting_change, nullptr);
    }
    MarkGUCPrefixReserved("policies");
    CacheRegisterSyscacheCallback(PROCOID, on_function_change, 0);
}

core::Result<core::ClaimPaths> claim_names() {
    core::ClaimPaths paths;
    const auto declared = declared_settings();
    if (!declared && relation_exists("policies", "register_steps")) {
        return lost_names_error();
    }
    for (const auto& name : names) {
        std::string& path = paths.*name.path;
        path = declared ? name.standard : name.value;
        const std::string prefix = std::string(name.setting) + "=";
        for (const auto& setting : declared.value_or(std::vector<std::string>{})) {
            if (setting.starts_with(prefix)) {
                path = setting.substr(prefix.size());
            }
        }
        if (path != name.value && std::strcmp(name.value, name.standard) != 0) {
            return conflict_error(name, path);
        }
    }
    return paths;
}

} // namespace policies::pg
