#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

static_network
start_three
put etcd-1 foo bar
together 'kill_member etcd-2' 'kill_member etcd-3'
docker volume rm "$NET"-etcd-{2,3} >/dev/null
docker stop "$NET-etcd-1" >/dev/null
docker rm "$NET-etcd-1" >/dev/null
start_serving etcd-1 "$ALL" new --force-new-cluster
is_cluster etcd-1 1052f362c31a5266 etcd-1=a3959071884acd0c
has etcd-1 foo bar
add etcd-1 etcd-2
start_serving_at "$(address 102)" etcd-2 "$(initial_cluster etcd-1 etcd-2)" existing
add etcd-1 etcd-3
start_serving_at "$(address 103)" etcd-3 "$ALL" existing
for member in etcd-1 etcd-2 etcd-3; do has $member foo bar; done
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1 etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
