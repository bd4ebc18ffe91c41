#!/bin/sh
# Builds and tests the TypeScript client: on recorded answers, and on a running register where there is one. For use in
# tools/in_scratch.sh.
set -eu
cd "$SCRATCH/clients/typescript"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
exec "$SCRATCH/tools/with_register.sh" client npm run --silent check
