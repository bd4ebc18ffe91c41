#!/bin/sh
# Tests the pages in headless Chromium: before recorded answers, and on a running register where there is one. For use in
# tools/in_scratch.sh.
set -eu
cd "$SCRATCH/web"
npm ci --silent
exec "$SCRATCH/tools/with_register.sh" acme npm test --silent
