#include "pg/claims_setting.hpp"

#include "pg/compatibility.hpp"

namespace policies::pg {

namespace {

int last_position = 0;

} // namespace

const char* claims_setting() noexcept {
    const char* const text = setting_text("request.jwt.claims", last_position);
    return text == nullptr ? "" : text;
}

} // namespace policies::pg
