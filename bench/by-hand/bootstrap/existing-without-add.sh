#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_serving etcd-1 "$(initial_cluster etcd-1)" new
start etcd-2 "$(initial_cluster etcd-1 etcd-2)" existing
wait_log etcd-2 'member count is unequal'
code=$(docker wait "$NET-etcd-2")
[ "$code" = 1 ] || fail "etcd-2 exited with $code"
is_cluster etcd-1 572a811fac16a854 etcd-1
healthy etcd-1
