#!/usr/bin/env bash
# The same drills by hand and by etcd-scenarios, alternating; see README.md. Options: --rounds N, --only NAME, --help.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e dist/cli/main.js ] || {
  echo 'bench: dist/cli/main.js is missing; npm run build makes it' >&2
  exit 1
}
docker version >/dev/null || {
  echo 'bench: no Docker engine answers' >&2
  exit 1
}
exec node bench/measure.mjs "$@"
