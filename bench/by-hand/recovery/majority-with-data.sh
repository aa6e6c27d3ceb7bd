#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

static_network
start_three
put etcd-1 foo bar
before=($(address_of etcd-2) $(address_of etcd-3))
together 'kill_member etcd-2' 'kill_member etcd-3'
no_quorum etcd-1
together "start_serving_at $(address 102) etcd-2 $ALL new" "start_serving_at $(address 103) etcd-3 $ALL new"
[ "$(address_of etcd-2)" != "${before[0]}" ] || fail 'etcd-2 has its old address'
[ "$(address_of etcd-3)" != "${before[1]}" ] || fail 'etcd-3 has its old address'
for member in etcd-1 etcd-2 etcd-3; do has $member foo bar; done
put etcd-1 foo 'bar again'
for member in etcd-1 etcd-2 etcd-3; do has $member foo 'bar again'; done
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1 etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
