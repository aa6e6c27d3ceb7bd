#!/usr/bin/env bash
# From a fresh clone to a run of the drills: bash scripts/quickstart.sh [what `etcd-scenarios run` understands]
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# The whole upgrade suite needs seven versions, three of which nothing else needs: minutes more to build.
if [ $# = 0 ]; then
  say 'the drills of every day, and the rehearsal of an upgrade; all others: npm run quickstart -- scenarios'
  set -- scenarios/bootstrap scenarios/membership scenarios/recovery scenarios/upgrade/rehearsal.yaml
fi

# Nothing is pulled: what this machine has or can build is enough, and a registry that is out of reach costs time.
exec node dist/cli/main.js run --pull never "$@"
