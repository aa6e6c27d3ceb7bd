#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

network
all=$(initial_cluster etcd-1 etcd-2 etcd-3)
start etcd-1 "$all" new --listen-metrics-urls=http://0.0.0.0:2381
address=$(address_of etcd-1)
leaderless() { [[ $(curl -s "http://$address:2381/metrics") == *$'\netcd_server_has_leader 0\n'* ]]; }
alone() { not_serving etcd-1 && leaderless; }
until_ok 'etcd-1 shows no metrics' leaderless
hold_1s alone
start_serving etcd-2 "$all" new
healthy etcd-1 etcd-2
start_serving etcd-3 "$all" new
put etcd-1 foo bar
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1=a3959071884acd0c etcd-2=97ecdd3706cc2d90 etcd-3
consistent etcd-1 etcd-2 etcd-3

together 'kill_member etcd-1' 'kill_member etcd-2' 'kill_member etcd-3'
docker volume rm "$NET"-etcd-{1,2,3} >/dev/null
start_three
has_not etcd-1 foo
is_cluster etcd-1 1052f362c31a5266 etcd-1 etcd-2 etcd-3
