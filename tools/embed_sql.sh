#!/bin/sh
# Writes the SQL files named as arguments (sql/registry/VERSION/NN-name.sql) as a C++ table of registry steps to standard
# output.
set -eu
echo '#include "functions/registry_steps.hpp"'
echo
echo 'namespace policies {'
echo
echo 'namespace {'
echo
echo 'constexpr RegistryStep steps[] = {'
for file in "$@"; do
    base=$(basename "$file" .sql)
    number=$(echo "${base%%-*}" | sed 's/^0*//')
    printf '    {%s, "%s", "%s", R"sql(' "$number" "${base#*-}" "$(basename "$(dirname "$file")")"
    cat "$file"
    echo ')sql"},'
done
echo '};'
echo
echo '} // namespace'
echo
echo 'std::span<const RegistryStep> registry_steps() noexcept { return steps; }'
echo
echo '} // namespace policies'
