#!/usr/bin/env bash
. "$(dirname "$0")/../lib.sh"

restore() { # 3.3 resolves the member's own peer URL first, so it needs the network and the name
  local tool=(etcdutl) where=(--network none)
  if older_than 3.5; then tool=(etcdctl); fi
  if older_than 3.4; then where=(--network "$NET" --network-alias "$1"); fi
  docker run --rm --pull never --label "$LABEL" "${where[@]}" "${API[@]}" \
    --mount "$(volume backup /backup)" --mount "$(volume "$1" /data)" "$IMAGE" \
    "${tool[@]}" snapshot restore /backup/backup.db --name="$1" --data-dir=/data/etcd \
    --initial-cluster="$ALL" --initial-advertise-peer-urls="http://$1:2380" >/dev/null 2>&1 || fail "no restore of $1"
}

static_network
OPTIONS=(--mount "$(volume backup /backup)")
start_three
OPTIONS=()
put etcd-1 foo bar
ctl etcd-3 snapshot save /backup/backup.db >/dev/null 2>&1 || fail 'no snapshot'
put etcd-1 late 'written after the snapshot'
together 'kill_member etcd-1' 'kill_member etcd-2' 'kill_member etcd-3'
docker volume rm "$NET"-etcd-{1,2,3} >/dev/null
together 'restore etcd-1' 'restore etcd-2' 'restore etcd-3'
together "start_serving_at $(address 101) etcd-1 $ALL new" "start_serving_at $(address 102) etcd-2 $ALL new" \
  "start_serving_at $(address 103) etcd-3 $ALL new"
for member in etcd-1 etcd-2 etcd-3; do has $member foo bar; done
has_not etcd-1 late
put etcd-1 foo 'bar again'
healthy etcd-1 etcd-2 etcd-3
is_cluster etcd-1 1052f362c31a5266 etcd-1=a3959071884acd0c etcd-2 etcd-3
consistent etcd-1 etcd-2 etcd-3
