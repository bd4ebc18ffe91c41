#include "pg/function.hpp"

namespace policies {

namespace {

struct Notice {
    std::string id;
    std::string tenant_id;
    std::optional<std::string> app_id;
    std::string policy_id;
    core::Instant due_at;
    std::optional<std::string> owner_id;
    core::Instant noticed_at;
    std::optional<core::Instant> taken_at;
    std::optional<std::string> taken_by;
    std::optional<core::Instant> voided_at;
};

pg::AnyValue notify_reviews_due(const std::optional<core::Cadence>& within) {
    const pg::AsAdministrator administrator;
    return pg::query_one<pg::AnyValue>("SELECT policies.write_review_notices($1)", within);
}

std::vector<Notice> take_review_notices(std::optional<std::int32_t> max_notices) {
    const pg::AsAdministrator administrator;
    return pg::query<Notice>(
        "SELECT id, tenant_id, app_id, policy_id, due_at, owner_id, noticed_at, taken_at, "
        "taken_by, voided_at FROM policies.hand_out_review_notices($1)",
        max_notices);
}

} // namespace

POLICIES_FUNCTION(notify_reviews_due);
POLICIES_FUNCTION(take_review_notices);

} // namespace policies
