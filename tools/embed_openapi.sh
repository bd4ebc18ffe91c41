#!/bin/sh
# Writes docs/openapi.json, without its indentation, as a C++ text to standard output.
set -eu
cat <<'SOURCE'
#include "functions/register/openapi_document.hpp"

namespace policies {

SOURCE
printf 'std::string_view openapi_document() noexcept { return R"openapi('
sed 's/^ *//' "$(dirname "$0")/../docs/openapi.json" | tr -d '\n'
cat <<'SOURCE'
)openapi"; }

} // namespace policies
SOURCE
