#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

static_network
start_three
put etcd-1 foo bar
before=$(address_of etcd-1)
kill_member etcd-1
until_ok 'no put comes through' ctl etcd-2 --command-timeout=1s put foo 'written meanwhile'
start_serving_at "$(address 101)" etcd-1 "$ALL" new
has etcd-1 foo 'written meanwhile'
healthy etcd-1 etcd-2 etcd-3
[ "$(address_of etcd-1)" != "$before" ] || fail 'etcd-1 has its old address'
is_cluster etcd-1 1052f362c31a5266 etcd-1=a3959071884acd0c etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
