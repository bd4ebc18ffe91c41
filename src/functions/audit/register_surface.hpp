#pragma once

#include <string_view>

namespace policies {

/// src/functions/audit/surface.json, embedded at build time by tools/embed_surface.sh: every object of the schemas
/// policies and policies_api as the extension and create_register() make it.
std::string_view surface_document() noexcept;

} // namespace policies
