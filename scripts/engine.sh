#!/usr/bin/env bash
# Makes sure that a Docker engine answers. Writes to stdout what DOCKER_HOST has to be for it, and nothing where the
# usual place will do. Uses an engine that is there; else, as root on Debian and its like, installs and starts one.
# ETCD_SCENARIOS_INSTALL=never: neither installs nor starts anything.
set -euo pipefail

SOCKET=/var/run/docker.sock
PACKAGES=(docker.io iptables)
WAIT_S=60

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  say "$1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 3
}

bounded() {
  local seconds=$1
  shift
  if command -v timeout >/dev/null; then timeout "$seconds" "$@"
  elif command -v perl >/dev/null; then perl -e 'alarm shift; exec @ARGV' "$seconds" "$@"
  else "$@"; fi
}

# An engine that was killed leaves its socket behind, so only an answer counts.
answers() {
  local host=$1
  if [[ $host == unix://* ]]; then
    [ -S "${host#unix://}" ] || return 1
    if command -v curl >/dev/null; then
      curl -fsS --noproxy '*' --max-time 5 --unix-socket "${host#unix://}" http://localhost/_ping >/dev/null 2>&1
      return
    fi
  fi
  command -v docker >/dev/null || return 1
  DOCKER_HOST=$host bounded 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Ends with what DOCKER_HOST has to be.
found() {
  [ "$1" = "unix://$SOCKET" ] || printf '%s\n' "$1"
  exit 0
}

context_host() {
  command -v docker >/dev/null || return 0
  docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || true
}

look_for_engine() {
  local host socket
  if [ -n "${DOCKER_HOST:-}" ]; then
    if answers "$DOCKER_HOST"; then exit 0; fi
    [ "$DOCKER_HOST" = "unix://$SOCKET" ] ||
      die "DOCKER_HOST is $DOCKER_HOST, and no Docker engine answers there." 'start that engine, or unset DOCKER_HOST'
  fi
  host=$(context_host)
  for socket in "${host:-unix://$SOCKET}" "unix://$SOCKET" "unix://${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock" \
    "unix://${HOME:-/root}/.docker/run/docker.sock" "unix://${HOME:-/root}/.docker/desktop/docker.sock"; do
    if answers "$socket"; then found "$socket"; fi
  done
}

# Says what to do instead, and ends.
explain() {
  local why=$1
  if [ "$(uname -s)" = Darwin ]; then
    die "no Docker engine answers$why." 'start one and try again:' '  open -a Docker        (Docker Desktop; or: colima start)'
  fi
  if [ -S $SOCKET ] && [ ! -w $SOCKET ]; then
    die "there is a Docker engine at $SOCKET, but $(id -un) may not use it." 'either:' \
      "  sudo usermod -aG docker $(id -un)    (then log in again)" "or use another engine: export DOCKER_HOST=…"
  fi
  if command -v apt-get >/dev/null; then
    die "no Docker engine answers$why." 'install and start one, and try again:' \
      "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${PACKAGES[*]}" \
      '  sudo systemctl start docker    (in a container, where systemd does not run: sudo dockerd &)' \
      'or use an engine elsewhere: export DOCKER_HOST=…'
  fi
  die "no Docker engine answers$why." 'install Docker and start it (sudo systemctl start docker), or: export DOCKER_HOST=…'
}

# Two set-ups that start together would take each other's pid file away.
one_at_a_time() {
  command -v flock >/dev/null || return 0
  exec 9>/run/etcd-scenarios-engine.lock
  flock 9
}

install_engine() {
  local log=/var/log/etcd-scenarios-apt.log
  say "no Docker engine answers; installing ${PACKAGES[*]} with apt-get, since drills run in containers (log: $log) …"
  export DEBIAN_FRONTEND=noninteractive
  # One source that does not answer need not stand in the way of the rest.
  apt-get update >"$log" 2>&1 || say 'apt-get update did not get all package lists; going on'
  apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${PACKAGES[@]}" >>"$log" 2>&1 && return
  tail -n 15 "$log" >&2
  die "apt-get could not install ${PACKAGES[*]} (log: $log)."
}

# True where the process of a pid file is the program it names; in a new container the number may be anybody's.
is_alive() {
  local pid
  pid=$(cat "$1" 2>/dev/null || true)
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]
}

start_engine() {
  log=/var/log/etcd-scenarios-dockerd.log
  if is_alive /var/run/docker.pid dockerd; then
    say 'dockerd runs, but does not answer yet; waiting …'
    return
  fi
  if [ -d /run/systemd/system ]; then
    say 'starting Docker (systemctl start docker) …'
    systemctl start docker >"$log" 2>&1 || true
    return
  fi
  say "starting dockerd (log: $log) …"
  rm -f /var/run/docker.pid
  is_alive /var/run/docker/containerd/containerd.pid containerd || rm -f /var/run/docker/containerd/containerd.pid
  setsid nohup dockerd >"$log" 2>&1 </dev/null 9>&- &
  dockerd_pid=$!
}

wait_for_engine() {
  local end=$((SECONDS + WAIT_S))
  while ! answers "unix://$SOCKET"; do
    if [ -n "$dockerd_pid" ] && ! kill -0 "$dockerd_pid" 2>/dev/null && ! is_alive /var/run/docker.pid dockerd; then
      fail_to_start 'dockerd ended'
    fi
    [ $SECONDS -lt $end ] || fail_to_start "the Docker engine did not answer within $WAIT_S s"
    sleep 0.2
  done
}

fail_to_start() {
  [ ! -s "$log" ] || tail -n 15 "$log" >&2
  die "$1 (log: $log)." 'in a container, dockerd needs --privileged; an engine elsewhere can be used: export DOCKER_HOST=…'
}

main() {
  look_for_engine
  [ "${ETCD_SCENARIOS_INSTALL:-}" != never ] || explain ', and ETCD_SCENARIOS_INSTALL=never forbids to install one'
  if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then explain ''; fi
  PATH=$PATH:/usr/sbin:/sbin
  one_at_a_time
  if answers "unix://$SOCKET"; then exit 0; fi
  if ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
    command -v apt-get >/dev/null || explain ''
    install_engine
  fi
  dockerd_pid='' log=''
  start_engine
  wait_for_engine
  say 'the Docker engine answers.'
}

main
