#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
two=$(initial_cluster etcd-1 etcd-2)
together "start_serving etcd-1 $two new" "start_serving etcd-2 $two new"
put etcd-1 foo bar
add etcd-1 etcd-3
put etcd-1 foo 'still bar'
start_serving etcd-3 "$(initial_cluster etcd-1 etcd-2 etcd-3)" existing
has etcd-3 foo 'still bar'
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 b2698d4259f33e40 etcd-1 etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
