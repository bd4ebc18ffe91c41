#!/bin/sh
# Builds and tests the TypeScript client: on recorded answers, and on a running register where there is one, named by POLICIES_URL,
# POLICIES_TOKEN and POLICIES_OTHER_TOKEN, or started here by the postgrest of POSTGREST or the PATH. For use in tools/in_scratch.sh.
set -eu
cd "$SCRATCH/clients/typescript"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
postgrest=${POSTGREST:-$(command -v postgrest || true)}
if [ -z "${POLICIES_URL:-}" ] && [ -n "$postgrest" ]; then
    POSTGREST=$postgrest
    POLICIES_URL=http://127.0.0.1:$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    export POSTGREST POLICIES_URL
    "$SCRATCH/tools/http_stack.sh" start "$SCRATCH/s" "${POLICIES_URL##*:}"
    trap '"$SCRATCH/tools/http_stack.sh" stop "$SCRATCH/s"' EXIT
    POLICIES_TOKEN=$("$SCRATCH/deploy/token.sh" "$SCRATCH/s/jwt-secret" acme per_ann)
    POLICIES_OTHER_TOKEN=$("$SCRATCH/deploy/token.sh" "$SCRATCH/s/jwt-secret" globex per_gus)
    export POLICIES_TOKEN POLICIES_OTHER_TOKEN
fi
npm run --silent check
