#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_three
put etcd-1 foo bar
together 'kill_member etcd-1' 'kill_member etcd-2' 'kill_member etcd-3'
docker volume rm "$NET"-etcd-{1,2,3} >/dev/null
start_three
for member in etcd-1 etcd-2 etcd-3; do has_not $member foo; done
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1 etcd-2 etcd-3
