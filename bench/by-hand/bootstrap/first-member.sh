#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
start_serving etcd-1 "$(initial_cluster etcd-1)" new
put etcd-1 foo bar
has etcd-1 foo bar
is_cluster etcd-1 572a811fac16a854 etcd-1=a3959071884acd0c
is_id a3959071884acd0c "$(ctl etcd-1 endpoint status -w fields | field Leader)" 'the leader'
