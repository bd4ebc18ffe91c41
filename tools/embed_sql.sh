#!/bin/sh
# Writes the SQL files named as arguments (src/sql/register/VERSION/NN-name.sql) as a C++ table of register steps to standard
# output.
set -eu
echo '#include "functions/register/register_steps.hpp"'
echo
echo 'namespace policies {'
echo
echo 'namespace {'
echo
echo 'constexpr RegisterStep steps[] = {'
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
echo 'std::span<const RegisterStep> register_steps() noexcept { return steps; }'
echo
echo '} // namespace policies'
