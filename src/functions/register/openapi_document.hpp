#pragma once

#include <string_view>

namespace policies {

/// docs/openapi.json, embedded at build time by tools/embed_openapi.sh: the HTTP API of this version as an
/// OpenAPI 3.1 document, in UTF-8.
std::string_view openapi_document() noexcept;

} // namespace policies
