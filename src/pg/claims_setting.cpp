#include "pg/claims_setting.hpp"

#include <cstring>

#include "pg/postgres.hpp"

extern "C" {
#include "utils/guc_tables.h"
}

namespace policies::pg {

namespace {

constexpr const char* setting_name = "request.jwt.claims";

#if PG_VERSION_NUM < 160000

/// Where the setting stood last in the server's table of settings. Row security asks for it once per row, and
/// a look-up by name costs more than all the rest. The table is read anew each time, so a setting that moved
/// or went is noticed.
int last_position = 0;

config_string* find_setting() noexcept {
    config_generic** const settings = get_guc_variables();
    const int count = GetNumConfigOptions();
    const auto is_setting = [&](int position) {
        return settings[position]->vartype == PGC_STRING &&
               std::strcmp(settings[position]->name, setting_name) == 0;
    };
    if (last_position >= count || !is_setting(last_position)) {
        last_position = 0;
        while (last_position < count && !is_setting(last_position)) {
            ++last_position;
        }
        if (last_position == count) {
            return nullptr;
        }
    }
    return reinterpret_cast<config_string*>(settings[last_position]);
}

const char* find_text() noexcept {
    const auto* const setting = find_setting();
    return setting == nullptr ? nullptr : *setting->variable;
}

#else

const char* find_text() noexcept {
    return GetConfigOption(setting_name, true, false);
}

#endif

} // namespace

const char* claims_setting() noexcept {
    const char* const text = find_text();
    return text == nullptr ? "" : text;
}

} // namespace policies::pg
