#!/bin/sh
# Runs the examples of docs/orms.md on a private server, as they stand there. For use in tools/in_scratch.sh.
set -eu
cd "$SCRATCH/examples/orms"
npm ci --silent || echo "NOT RUN: the examples in JavaScript, since npm could not install what they need" >&2
cd "$SCRATCH"
exec tools/run_tap.sh test/orms
