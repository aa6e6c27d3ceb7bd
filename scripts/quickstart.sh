#!/usr/bin/env bash
# From a fresh clone to a run of the drills: bash scripts/quickstart.sh [what `etcd-scenarios run` understands]
set -euo pipefail
# shellcheck source=scripts/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

# Nothing is pulled: what this machine has or can build is enough, and a registry that is out of reach costs time.
exec node dist/cli/main.js run --pull never "$@"
