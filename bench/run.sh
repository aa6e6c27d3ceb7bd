#!/usr/bin/env bash
# The same drills by hand and by etcd-scenarios, alternating; see README.md. Options: --rounds N, --only NAME, --help.
# `run.sh upgrade`: the upgrade suite's time beside the time that etcd itself takes. Options: --reports DIR, --help.
# `run.sh workload`: what the recorder of `during` leaves of a bare loop's writes. Options: --rounds N, --seconds N.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -e dist/cli/main.js ] || {
  echo 'bench: dist/cli/main.js is missing; npm run build makes it' >&2
  exit 1
}
case "${1:-}" in
  upgrade | workload)
    what=$1
    shift
    exec node "bench/$what.mjs" "$@"
    ;;
esac
docker version >/dev/null || {
  echo 'bench: no Docker engine answers' >&2
  exit 1
}
exec node bench/measure.mjs "$@"
