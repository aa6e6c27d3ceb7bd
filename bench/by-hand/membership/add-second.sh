#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_serving etcd-1 "$(initial_cluster etcd-1)" new
put etcd-1 foo bar
add etcd-1 etcd-2
no_quorum etcd-1
start_serving etcd-2 "$(initial_cluster etcd-1 etcd-2)" existing
has etcd-2 foo bar
healthy etcd-1 etcd-2
is_cluster etcd-1 572a811fac16a854 etcd-1 etcd-2
consistent etcd-1 etcd-2
