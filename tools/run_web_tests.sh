#!/bin/sh
# Tests the pages in headless Chromium. For use in tools/in_scratch.sh: it installs web/'s packages where it is.
#   tools/run_web_tests.sh
# POLICIES_URL and POLICIES_TOKEN: a live server, whose pages are tested as well.
set -eu
cd "$(dirname "$0")/../web"
npm ci --silent
npm test --silent
