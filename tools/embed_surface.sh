#!/bin/sh
# Writes src/functions/audit/surface.json as a C++ text to standard output.
set -eu
cat <<'SOURCE'
#include "functions/audit/register_surface.hpp"

namespace policies {

SOURCE
printf 'std::string_view surface_document() noexcept { return R"surface('
cat "$(dirname "$0")/../src/functions/audit/surface.json"
cat <<'SOURCE'
)surface"; }

} // namespace policies
SOURCE
