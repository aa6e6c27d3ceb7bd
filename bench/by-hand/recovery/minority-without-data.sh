#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

static_network
start_three
put etcd-1 foo bar
kill_member etcd-1
wipe etcd-1
start_at "$(address 101)" etcd-1 "$ALL" new
wait_log etcd-1 'member a3959071884acd0c has already been bootstrapped'
docker wait "$NET-etcd-1" >/dev/null
remove etcd-2 etcd-1
add etcd-2 etcd-1
kill_member etcd-1
wipe etcd-1
start_serving_at "$(address 101)" etcd-1 "$ALL" existing
has etcd-1 foo bar
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1 etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
