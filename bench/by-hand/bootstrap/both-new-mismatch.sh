#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_serving etcd-1 "$(initial_cluster etcd-1)" new
put etcd-1 foo bar
start etcd-2 "$(initial_cluster etcd-1 etcd-2)" new
wait_log etcd-2 'cluster ID mismatch'
not_serving etcd-2
has_log etcd-2 b2698d4259f33e40
is_cluster etcd-1 572a811fac16a854 etcd-1=a3959071884acd0c
wait_log etcd-1 'cluster ID mismatch'
has etcd-1 foo bar
