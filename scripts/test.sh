#!/usr/bin/env bash
# The whole test suite, from a fresh clone: bash scripts/test.sh [what jest understands]
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

node dist/cli/main.js images --pull never 3.3.25 3.4.23 3.5.16 3.5.35 3.6.4 3.6.16 3.7.3

results=$(mktemp "${TMPDIR:-/tmp}/etcd-scenarios-jest.XXXXXX")
trap 'rm -f "$results"' EXIT
code=0
npx jest --json --outputFile="$results" "$@" || code=$?
# A file that could not be run at all counts as one failure: none of its tests does.
node -e '
  const text = require("node:fs").readFileSync(process.argv[1], "utf8");
  if (text === "") process.exit(0);
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(text);
  console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
' "$results"
exit "$code"
