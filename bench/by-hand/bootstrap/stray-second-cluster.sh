#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_serving etcd-1 "$(initial_cluster etcd-1)" new
put etcd-1 foo bar
start_serving etcd-2 "$(initial_cluster etcd-2)" new
has_not etcd-2 foo
has etcd-1 foo bar
healthy etcd-1 etcd-2
is_cluster etcd-1 572a811fac16a854 etcd-1
is_cluster etcd-2 1147a758ca48950c etcd-2
