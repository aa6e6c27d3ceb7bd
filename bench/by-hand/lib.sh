# What the drills written by hand share: docker and etcdctl commands, nothing else. To be sourced, by bash.
set -euo pipefail

VERSION=${ETCD_VERSION:-3.5.35}
IMAGE=${ETCD_IMAGE:-localhost/etcd}:$VERSION
LABEL=bench-by-hand=$$
NET=by-hand-$$
PAUSE=0.02

older_than() { [ "$(printf '%s\n' "$1" "$VERSION" | sort -V | head -n1)" != "$1" ]; }
API=()
if older_than 3.6; then API=(-e ETCDCTL_API=3); fi

fail() {
  printf '%s, etcd %s: %s\n' "$0" "$VERSION" "$*" >&2
  exit 1
}

remove_all() {
  local code=0
  docker ps -aq --filter "label=$LABEL" | xargs -r docker rm -f >/dev/null || code=1
  docker volume ls -q --filter "label=$LABEL" | xargs -r docker volume rm >/dev/null &
  remove_network "$(docker network ls -q --filter "label=$LABEL")" || code=1
  wait $! || code=1
  return $code
}
remove_network() { # a busy engine lets go of a container's endpoint a moment after the container
  local try
  [ -z "$1" ] && return
  for try in {1..100}; do
    docker network rm "$1" >/dev/null 2>&1 && return
    sleep 0.05
  done
  docker network rm "$1" >/dev/null
}
clean_up() { # exits with 0, 1 or 130
  local code=$? try
  trap - EXIT INT TERM
  if [ "$code" = 130 ]; then # a `docker run` may be under way: let it end, so that what it makes is seen
    for try in {1..30}; do sleep 0.05; done
  elif [ "$code" != 0 ]; then
    code=1
  fi
  remove_all || code=1
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# network [docker option…]
network() { docker network create --label "$LABEL" "$@" "$NET" >/dev/null; }

# Where a member gets a new address, we choose the subnet, as `--ip` wants it: `address 14` is in it.
SUBNET=10.$((64 + $$ / 256 % 64)).$(($$ % 256))
static_network() { network --subnet "$SUBNET.0/24"; }
address() { echo "$SUBNET.$1"; }
address_of() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$NET-$1"; }

initial_cluster() { # etcd-1 etcd-2 -> etcd-1=http://etcd-1:2380,etcd-2=http://etcd-2:2380
  local one text=
  for one; do text+=,$one=http://$one:2380; done
  echo "${text#,}"
}
endpoints() {
  local one text=
  for one; do text+=,http://$one:2379; done
  echo "${text#,}"
}
volume() { echo "type=volume,src=$NET-$1,dst=$2,volume-label=$LABEL"; }

# start MEMBER LIST STATE [etcd flag…]; further docker options in OPTIONS
OPTIONS=() IP=
start() {
  local member=$1 list=$2 state=$3
  shift 3
  docker run -d --pull never --name "$NET-$member" --label "$LABEL" --hostname "$member" \
    --network "$NET" --network-alias "$member" --mount "$(volume "$member" /data)" ${IP:+--ip "$IP"} "${OPTIONS[@]}" "$IMAGE" \
    etcd --name="$member" --data-dir=/data/etcd \
    --listen-peer-urls=http://0.0.0.0:2380 --listen-client-urls=http://0.0.0.0:2379 \
    --initial-advertise-peer-urls="http://$member:2380" --advertise-client-urls="http://$member:2379" \
    --initial-cluster="$list" --initial-cluster-state="$state" "$@" >/dev/null
}
start_at() { # start_at ADDRESS MEMBER …
  local IP=$1
  start "${@:2}"
}
# The same, and waited for until it serves.
start_serving() {
  start "$@"
  wait_serving "$1"
}
start_serving_at() {
  start_at "$@"
  wait_serving "$2"
}

# together 'COMMAND …' …: side by side; all end, and one that failed ends the script
together() {
  local command pid pids=() failed=
  for command; do
    $command &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  [ -z "$failed" ] || exit 1
}
start_three() { # etcd-1, etcd-2, etcd-3 from one list
  ALL=$(initial_cluster etcd-1 etcd-2 etcd-3)
  together "start_serving etcd-1 $ALL new" "start_serving etcd-2 $ALL new" "start_serving etcd-3 $ALL new"
}

kill_member() { docker rm -f "$NET-$1" >/dev/null; } # SIGKILL, and makes room for the successor's name
wipe() { docker volume rm "$NET-$1" >/dev/null; }

ctl() { # ctl MEMBER COMMAND…: etcdctl in that member's container
  local member=$1
  shift
  docker exec "${API[@]}" "$NET-$member" etcdctl "$@"
}

# wait_log MEMBER TEXT: until its log has it; fails where the process ends without it, and after 60 s
wait_log() {
  timeout 60 grep -qm1 -- "$2" < <(exec docker logs -f "$NET-$1" 2>&1) || fail "$1 never logged '$2'"
}
has_log() { docker logs "$NET-$1" 2>&1 | grep -- "$2" >/dev/null || fail "$1 did not log '$2'"; }

# until_ok WHAT COMMAND…: again until it succeeds, some 20 s at most
until_ok() {
  local what=$1 try
  shift
  for try in {1..200}; do
    "$@" >/dev/null 2>&1 && return
    sleep $PAUSE
  done
  fail "$what"
}

# A client port opens only where there was a quorum; then a linearizable read has to come through.
wait_serving() {
  wait_log "$1" 'ready to serve client requests'
  until_ok "$1 does not serve" ctl "$1" --command-timeout=1s get health
}
not_serving() { # its process runs, and no read comes through
  [ "$(docker inspect -f '{{.State.Running}}' "$NET-$1")" = true ] || fail "$1 does not run"
  ! ctl "$1" --dial-timeout=100ms --command-timeout=200ms get health >/dev/null 2>&1 || fail "$1 serves"
}
hold_1s() { # hold_1s COMMAND…: must succeed again and again, for one second
  local end=$((${EPOCHREALTIME/./} + 1000000))
  while "$@" && [ "${EPOCHREALTIME/./}" -lt $end ]; do sleep $PAUSE; done
  [ "${EPOCHREALTIME/./}" -ge $end ] || fail "it did not hold: $*"
}
healthy() { # healthy MEMBER…
  until_ok "not all of $* are healthy" ctl "$1" --endpoints="$(endpoints "$@")" endpoint health
}

# add / remove: refused by etcd until every peer has been up for 5 s
member_id() { ctl "$1" member list | grep -F ", $2," | cut -d, -f1; } # member_id ASKED NAME
add() { until_ok "$1 did not add $2" ctl "$1" member add "$2" --peer-urls="http://$2:2380"; }
remove() { until_ok "$1 did not remove $2" ctl "$1" member remove "$(member_id "$1" "$2")"; }

put() { ctl "$1" put "$2" "$3" >/dev/null || fail "$1 refused put $2 $3"; } # put MEMBER KEY VALUE
no_quorum() { # no_quorum MEMBER: a put times out
  local said
  if said=$(ctl "$1" --command-timeout=1s put meanwhile refused 2>&1); then fail "$1 has a quorum"; fi
  grep -q 'deadline exceeded\|request timed out' <<<"$said" || fail "$1 said: $said"
}
has() { # has MEMBER KEY VALUE
  local value
  value=$(ctl "$1" get "$2" --print-value-only) || fail "$1 did not answer get $2"
  [ "$value" = "$3" ] || fail "$1 has $2 = '$value', expected '$3'"
}
has_not() { has "$1" "$2" ''; }

# is_cluster ASKED CLUSTER-ID MEMBER…: that ID, and exactly these members (NAME, or NAME=ID)
is_cluster() {
  local said name id found=
  said=$(ctl "$1" member list -w fields) || fail "$1 did not answer member list"
  is_id "$2" "$(field ClusterID "$said")" "the cluster ID that $1 answers"
  [ "$(field Name "$said" | sort | xargs)" = "$(printf '%s\n' "${@:3}" | cut -d= -f1 | xargs)" ] ||
    fail "the members are $(field Name "$said" | xargs), expected ${*:3}"
  for found in "${@:3}"; do
    IFS== read -r name id <<<"$found"
    [ -z "$id" ] || is_id "$id" "$(grep -B1 -F "\"Name\" : \"$name\"" <<<"$said" | field ID)" "the ID of $name"
  done
}
field() { sed -n "s/^\"$1\" : \"\?\([^\"]*\)\"\?\$/\1/p" <<<"${2-$(cat)}"; } # field NAME [TEXT]
is_id() { [ "$1" = "$(printf %x "$2")" ] || fail "$3 is $(printf %x "$2"), expected $1"; } # hex, decimal, what

# consistent MEMBER…: one revision and one hash, within 10 s
consistent() { until_ok "$* differ" same_hash "$@"; }
same_hash() {
  local said
  said=$(ctl "$1" --endpoints="$(endpoints "$@")" endpoint hashkv -w fields) || return
  [ "$(field Hash "$said" | wc -l)" = $# ] &&
    [ "$(field Hash "$said" | sort -u | wc -l)" = 1 ] && [ "$(field Revision "$said" | sort -u | wc -l)" = 1 ]
}
