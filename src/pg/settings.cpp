#include "pg/settings.hpp"

#include "pg/guard.hpp"

namespace policies::pg {

namespace {

const char* find_setting(const char* name) {
    return call([&] { return GetConfigOption(name, true, false); });
}

} // namespace

bool has_setting(const char* name) {
    return find_setting(name) != nullptr;
}

std::string_view setting(const char* name) {
    const char* const value = find_setting(name);
    return value == nullptr ? std::string_view{} : value;
}

} // namespace policies::pg
