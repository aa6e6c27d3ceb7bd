#!/usr/bin/env bash
# Makes a fresh clone ready: Node, the npm packages, the build, a Docker engine. Quick and quiet where nothing is to be
# done. May be sourced, so that a DOCKER_HOST that is needed reaches what comes after it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  say "$1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 3
}

# Runs a command with its output in a file of its own; shows the end of it where the command fails.
quietly() {
  local log
  log=$(mktemp "${TMPDIR:-/tmp}/etcd-scenarios-setup.XXXXXX")
  if "$@" >"$log" 2>&1; then
    rm -f "$log"
    return
  fi
  tail -n 30 "$log" >&2
  die "'$*' failed (all of its output: $log)"
}

need_node() {
  local version
  command -v node >/dev/null || die 'Node.js 20 or later is needed, and there is no node on this machine.'
  version=$(node -p process.versions.node)
  [ "${version%%.*}" -ge 20 ] || die "Node.js 20 or later is needed; this is $version ($(command -v node))."
}

install_packages() {
  local stamp=node_modules/.etcd-scenarios-stamp npms=node_modules/.package-lock.json wanted
  wanted=$(cksum <package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] || return 0
  # Without a stamp it was npm itself that was run here: its own note says whether that was since the lock file changed.
  if [ -e "$stamp" ] || [ ! -e "$npms" ] || [ "$npms" -ot package-lock.json ]; then
    say 'installing the npm packages (npm ci) …'
    quietly npm ci --ignore-scripts --include=dev --no-audit --no-fund
  fi
  printf '%s\n' "$wanted" >"$stamp"
}

build() {
  local stamp=dist/.built entry=dist/cli/main.js
  if [ -e "$stamp" ] && [ -e "$entry" ] &&
    [ -z "$(find src tsconfig*.json package.json -newer "$stamp" | head -n 1)" ]; then
    return
  fi
  say 'building (npm run build) …'
  mkdir -p dist
  # Made before the compiler reads anything: what is edited meanwhile is newer than it.
  touch dist/.building
  quietly npm run build
  [ -e "$entry" ] || die "the build left no $entry."
  chmod +x "$entry"
  mv dist/.building "$stamp"
}

need_engine() {
  local host
  host=$(bash scripts/engine.sh) || exit $?
  if [ -n "$host" ] && [ "$host" != "${DOCKER_HOST:-}" ]; then
    export DOCKER_HOST=$host
    [ "${BASH_SOURCE[0]}" != "$0" ] || say "the engine is at $host; for other programs: export DOCKER_HOST=$host"
  fi
}

need_node
install_packages
build
need_engine
