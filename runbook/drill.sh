# What the drills as scripts are made of. `etcd-scenarios runbook FILE --format sh` takes what a drill needs of it:
# each paragraph is a function, and comes along with those that it names.

step() { # step NUMBER PLACE SENTENCE
  STEP=$1 PLACE=$2 SENTENCE=$3
  printf '%6s  %s\n' "$STEP" "$SENTENCE"
}

fail() { # fail WHY…: the step did not come out as written
  {
    printf '\nFAILED at step %s, %s: %s\n' "$STEP" "$PLACE" "$SENTENCE"
    printf '  %s\n' "$@"
  } >&2
  exit 1
}

broke() { # broke WHY: no verdict about etcd
  printf '\nthe environment failed at step %s, %s: %s\n' "${STEP:-0}" "${PLACE:-before the first}" "$1" >&2
  exit 3
}

engine() { # engine WORDS…: docker, where it has to succeed
  docker "$@" || broke "docker $1 failed"
}

differ() { # differ WHAT EXPECTED ACTUAL
  DIFFERENCES+=("$1: expected $2; actual $3")
  return 1
}

once() { # once COMMAND…: it has to come out as written
  DIFFERENCES=() SAID=''
  "$@" || fail "${DIFFERENCES[@]:-${SAID:-$* failed}}"
}

within() { # within SECONDS COMMAND…: again and again until it comes out as written
  local end=$((SECONDS + $1 + 1))
  shift
  while :; do
    DIFFERENCES=() SAID=''
    if "$@"; then return 0; fi
    [ "$SECONDS" -lt "$end" ] || fail "${DIFFERENCES[@]:-${SAID:-$* failed}}"
    sleep 0.2
  done
}

holds() { # holds SECONDS BEGIN COMMAND…: without interruption so long, beginning before BEGIN seconds are over
  local lasting=$1 begin=$((SECONDS + $2 + 1)) since=$SECONDS
  shift 2
  while :; do
    DIFFERENCES=() SAID=''
    if "$@"; then
      if [ "$SECONDS" -gt "$((since + lasting))" ]; then return 0; fi
    else
      since=$SECONDS
      [ "$SECONDS" -lt "$begin" ] || fail "it did not hold for $lasting s" "${DIFFERENCES[@]:-${SAID:-$* failed}}"
    fi
    sleep 0.2
  done
}

image() { # image VERSION: the one in ETCD_IMAGE, else the first that is there, else the official one
  local reference
  if [ -n "${ETCD_IMAGE:-}" ]; then
    printf '%s\n' "${ETCD_IMAGE//\{version\}/$1}"
    return
  fi
  for reference in "${IMAGES[@]}"; do
    reference=${reference//\{version\}/$1}
    if docker image inspect "$reference" >/dev/null 2>&1; then
      printf '%s\n' "$reference"
      return
    fi
  done
  printf '%s\n' "${IMAGES[0]//\{version\}/$1}"
}

prepare() { # the network and the place for snapshots
  docker version >/dev/null 2>&1 || broke 'no Docker engine answers'
  engine network create --label "$LABEL" "$RUN" >/dev/null
  engine volume create --label "$LABEL" "$RUN-snapshots" >/dev/null
}

pin_addresses() { # makes the network again with the subnet that the engine chose: only then an address can be asked for
  local try
  for try in 1 2 3; do
    SUBNET=$(docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' "$RUN")
    engine network rm "$RUN" >/dev/null
    if docker network create --label "$LABEL" --subnet "$SUBNET" "$RUN" >/dev/null; then return 0; fi
    engine network create --label "$LABEL" "$RUN" >/dev/null
  done
  broke "the subnet $SUBNET was taken by somebody else, $try times"
}

another_address() { # another_address MEMBER: from its next start on, as on another machine
  local network=${SUBNET%/*}
  ADDRESSES=$((ADDRESSES + 1))
  ADDRESS[$1]=${network%.*}.$((${network##*.} + 10 + ADDRESSES))
}

clean_up() {
  local code=$? try
  trap - EXIT
  trap '' INT TERM # another Ctrl-C: what was made is removed all the same
  jobs -p | xargs -r kill 2>/dev/null || true
  rm -f "$SCRATCH" "$SCRATCH.value"
  if [ "$code" = 130 ]; then sleep 1.5; fi # a `docker run` may be under way: what it makes has to be seen
  for try in 1 2 3 4 5 6 7 8 9 10; do # a busy engine lets go of a network or a volume a moment after the container
    docker ps -aq --filter "label=$LABEL" | xargs -r docker rm -f >/dev/null 2>&1 || true
    docker network ls -q --filter "label=$LABEL" | xargs -r docker network rm >/dev/null 2>&1 || true
    docker volume ls -q --filter "label=$LABEL" | xargs -r docker volume rm >/dev/null 2>&1 || true
    if nothing_left; then exit "$code"; fi
    sleep 0.3
  done
  echo "could not remove everything with the label $LABEL after $try tries" >&2
  exit "$((code == 0 ? 3 : code))"
}

nothing_left() { # whether the engine has nothing of this run any more
  local left
  left=$(docker ps -aq --filter "label=$LABEL" && docker network ls -q --filter "label=$LABEL" &&
    docker volume ls -q --filter "label=$LABEL") && [ -z "$left" ]
}

idle() { # idle SECONDS: a signal ends it at once
  sleep "$1" >/dev/null 2>&1 &
  wait $!
}

container() { # container MEMBER: its newest process
  printf '%s-%s-%s\n' "$RUN" "$1" "${INCARNATION[$1]:-0}"
}

disk() { # disk MEMBER: its volume; a new one after it was wiped
  printf '%s-%s-disk-%s\n' "$RUN" "$1" "${DISK[$1]:-1}"
}

run_member() { # run_member MEMBER VERSION COMMAND…: starts a process, and waits for nothing
  local member=$1 version=$2 host address=() publish=()
  shift 2
  if runs "$member"; then fail "$member is running already"; fi
  if [ -n "${ADDRESS[$member]:-}" ]; then address=(--ip "${ADDRESS[$member]}"); fi
  if [ -n "$PUBLISH" ]; then publish=(-p "127.0.0.1::$PUBLISH"); fi
  host=$(printf '%s\n' "$@" | sed -n 's|^--initial-advertise-peer-urls=https*://\([^:/]*\).*|\1|p')
  INCARNATION[$member]=$((${INCARNATION[$member]:-0} + 1)) VERSION[$member]=$version
  engine volume create --label "$LABEL" "$(disk "$member")" >/dev/null
  engine run -d --name "$(container "$member")" --label "$LABEL" --log-driver json-file --hostname "$member" \
    --network "$RUN" --network-alias "$member" --network-alias "${host:-$member}" \
    "${address[@]}" "${publish[@]}" -v "$(disk "$member"):/data" -v "$RUN-snapshots:/snapshots" \
    "$(image "$version")" "$@" >/dev/null
}

runs() { # runs MEMBER
  [ "$(docker inspect -f '{{.State.Running}}' "$(container "$1")" 2>/dev/null)" = true ]
}

running() { # running [MEMBER…]: those of them, of all where none is named, that run
  local member members=("$@")
  if [ $# -eq 0 ]; then members=("${MEMBERS[@]}"); fi
  for member in "${members[@]}"; do
    if runs "$member"; then printf '%s\n' "$member"; fi
  done
}

state_of() { # state_of MEMBER, for people
  if [ -z "${INCARNATION[$1]:-}" ]; then
    echo 'never started'
  elif ! runs "$1"; then
    echo "exited with code $(exit_code "$1")"
  elif serves "$1"; then
    echo serves
  else
    echo 'runs and does not serve'
  fi
}

exit_code() { # exit_code MEMBER
  docker inspect -f '{{.State.ExitCode}}' "$(container "$1")" 2>/dev/null || echo unknown
}

log_of() { # log_of MEMBER
  docker logs "$(container "$1")" 2>&1
}

last_words() { # last_words MEMBER
  log_of "$1" | tail -n 1 | cut -c 1-600
}

normal() { # one blank for each run of blanks, small letters, quotes without their backslash
  sed -E 's/\\(["\\])/\1/g; s/[[:blank:]]+/ /g' | tr '[:upper:]' '[:lower:]'
}

says() { # says TEXT…: whether a line of the input contains one of them
  local text patterns=()
  for text; do patterns+=(-e "$(printf '%s\n' "$text" | normal)"); done
  normal | grep -F "${patterns[@]}" >/dev/null
}

any_of() { # any_of TEXT…, for people
  local text words=''
  for text; do words+=" or \"$text\""; done
  printf '%s\n' "${words# or }"
}

ctl() { # ctl MEMBER WORDS…: its own etcdctl, asking it
  local member=$1 api=()
  shift
  case ${VERSION[$member]:-} in 3.3.*) api=(-e ETCDCTL_API=3) ;; esac
  docker exec ${STDIN:+-i} ${LOGIN:+-e ETCDCTL_USER} "${api[@]}" "$(container "$member")" etcdctl --endpoints=http://127.0.0.1:2379 "$@"
}

request() { # request MEMBER WORDS…: prints what etcdctl prints; where it fails, SAID is what it said
  local member
  member=$(one "$1") || return 1
  if OUTPUT=$(ctl "$member" --command-timeout="${TIMEOUT}s" "${@:2}" 2>"$SCRATCH" && printf x); then
    OUTPUT=${OUTPUT%x}
    return 0
  fi
  SAID="$member said: $(cat "$SCRATCH")"
  case $SAID in *'deadline exceeded'*) SAID+=$'\n'"deadline exceeded after ${TIMEOUT}s" ;; esac
  return 1
}

fails() { # fails TEXT… -- COMMAND…: it has to be refused, with one of the texts
  local texts=()
  while [ "$1" != -- ]; do
    texts+=("$1")
    shift
  done
  shift
  if "$@"; then
    differ error "$(any_of "${texts[@]}")" 'no error: it succeeded'
    return 1
  fi
  if [ -n "$SAID" ] && printf '%s\n' "$SAID" | says "${texts[@]}"; then return 0; fi
  differ error "$(any_of "${texts[@]}")" "${SAID:-another failure}"
}

answer_of() { # answer_of MEMBER: to a linearizable read
  ctl "$1" --command-timeout=1s get health 2>&1 | tail -n 1
}

serves() { # serves MEMBER: a linearizable read comes through; a learner refuses those, and answers a serializable one
  local said
  if said=$(ctl "$1" --command-timeout=1s get health 2>&1); then return 0; fi
  [[ $said == *'not supported for learner'* ]] && ctl "$1" --command-timeout=1s get health --consistency=s >/dev/null 2>&1
}

votes() { # votes MEMBER: it serves, and is no learner
  ctl "$1" --command-timeout=1s get health >/dev/null 2>&1
}

one() { # one MEMBER: the member itself; of `-` the first voter that serves, else the first that runs
  local member
  if [ "$1" != - ]; then
    choose "$1"
    return
  fi
  for member in $(running); do
    if votes "$member"; then
      printf '%s\n' "$member"
      return 0
    fi
  done
  for member in $(running); do
    printf '%s\n' "$member"
    return 0
  done
  echo 'no member runs that could be asked' >&2
  return 1
}

choose() { # choose WORD: whom leader, follower, followers, majority or minority means now; a name is itself
  local leader voters others size
  case $1 in leader | follower | followers | majority | minority) ;; *)
    printf '%s\n' "$1"
    return
    ;;
  esac
  leader=$(agreed_leader) || return 1
  voters=$(ctl "$leader" member list | awk -F', ' '$6 != "true" {print $3}')
  size=$(printf '%s\n' "$voters" | wc -l)
  others=$(running | grep -Fx "$voters" | grep -Fxv "$leader" || true)
  case $1 in
    leader) printf '%s\n' "$leader" ;;
    follower) printf '%s\n' "$others" | head -n 1 ;;
    followers) printf '%s\n' "$others" ;;
    majority) printf '%s\n' "$leader" "$(printf '%s\n' "$others" | head -n $((size / 2)))" ;;
    minority) printf '%s\n' "$others" | head -n $(((size - 1) / 2)) ;;
  esac
}

agreed_leader() { # whom all that answer take for the leader; waits up to 10 s until they agree
  local end=$((SECONDS + 11)) member said own leader leaders name
  while [ "$SECONDS" -lt "$end" ]; do
    leaders='' name=''
    for member in $(running); do
      said=$(ctl "$member" --command-timeout=1s endpoint status -w fields 2>/dev/null) || continue
      own=$(printf '%s\n' "$said" | field MemberID)
      leader=$(printf '%s\n' "$said" | field Leader)
      leaders+=$leader$'\n'
      if [ "$leader" = "$own" ]; then name=$member; fi
    done
    if [ -n "$name" ] && [ "$(printf '%s' "$leaders" | sort -u | wc -l)" -eq 1 ]; then
      printf '%s\n' "$name"
      return 0
    fi
    sleep 0.2
  done
  echo 'the members that serve agree on no leader' >&2
  return 1
}

field() { # field NAME: of what etcdctl prints with -w fields
  sed -n "s/^\"$1\" : \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p"
}

wait_serving() { # wait_serving SECONDS MEMBER…: until each serves
  local end=$((SECONDS + $1 + 1)) member
  shift
  for member; do
    until serves "$member"; do
      if ! runs "$member"; then
        fail "$member exited with code $(exit_code "$member") before it served: $(last_words "$member")"
      fi
      [ "$SECONDS" -lt "$end" ] || fail "$member did not serve; it last answered: $(answer_of "$member")"
      sleep 0.1
    done
  done
}

refused() { # refused SECONDS MEMBER TEXT…: its log says one of the texts before it ever serves
  local end=$((SECONDS + $1 + 1)) member=$2 ended wanted
  shift 2
  wanted=$(any_of "$@")
  while :; do
    ended=''
    if ! runs "$member"; then ended=1; fi # looked at first: what is logged before the end is seen below
    if log_of "$member" | says "$@"; then break; fi
    if [ -n "$ended" ]; then
      fail "error: expected $wanted; actual $member said: $(last_words "$member") (exited with code $(exit_code "$member"))"
    fi
    if serves "$member"; then fail "$member started and serves, although it was expected to say $wanted"; fi
    [ "$SECONDS" -lt "$end" ] || fail "$member never said $wanted; its last words: $(last_words "$member")"
    sleep 0.1
  done
  end=$((SECONDS + 2))
  while runs "$member" && [ "$SECONDS" -lt "$end" ]; do # after a fatal line its end follows
    if log_of "$member" | grep -E '"level":"fatal"| C \| ' >/dev/null; then end=$((SECONDS + 10)); fi
    sleep 0.1
  done
}

end_members() { # end_members SIGNAL SECONDS MEMBER…: side by side; waits for their end
  local signal=$1 end=$((SECONDS + $2 + 1)) member
  shift 2
  for member; do
    runs "$member" || fail "$member is not running: $(state_of "$member")"
    engine kill -s "$signal" "$(container "$member")" >/dev/null
  done
  for member; do
    while runs "$member"; do
      [ "$SECONDS" -lt "$end" ] || fail "$member still runs after SIG$signal"
      sleep 0.1
    done
  done
}

wipe() { # wipe MEMBER…: a new volume from its next start on
  local member
  for member; do
    if runs "$member"; then fail "$member is running; stop or kill it before its data is thrown away"; fi
    DISK[$member]=$((${DISK[$member]:-1} + 1))
  done
}

etcdctl_says() { # etcdctl_says TEXT MEMBER WORDS…: what it prints contains the text
  request "${@:2}" || return 1
  if printf '%s\n' "$OUTPUT" | says "$1"; then return 0; fi
  differ "output of etcdctl ${*:3}" "contains \"$1\"" "${OUTPUT:-nothing}"
}

put() { # put MEMBER KEY VALUE
  request "$1" put "${@:2}"
}

put_random() { # put_random MEMBER KEY BYTES
  local member
  member=$(one "$1") || return 1
  head -c "$3" /dev/urandom >"$SCRATCH.value"
  STDIN=1 request "$member" put "$2" <"$SCRATCH.value"
}

get_is() { # get_is MEMBER KEY VALUE [FLAG…]
  local member
  member=$(one "$1") || return 1
  request "$member" get "$2" --print-value-only "${@:4}" || return 1
  if [ "$OUTPUT" = "$3"$'\n' ]; then return 0; fi
  if [ -z "$OUTPUT" ]; then OUTPUT='no such key'; else OUTPUT="\"${OUTPUT%$'\n'}\""; fi
  differ "value of \"$2\" on $member" "\"$3\"" "$OUTPUT"
}

get_none() { # get_none MEMBER KEY [FLAG…]
  local member
  member=$(one "$1") || return 1
  request "$member" get "$2" --print-value-only "${@:3}" || return 1
  [ -z "$OUTPUT" ] || differ "\"$2\" on $member" 'no such key' "\"${OUTPUT%$'\n'}\""
}

get_count() { # get_count MEMBER KEY COUNT [FLAG…]
  local member actual
  member=$(one "$1") || return 1
  request "$member" get "$2" --keys-only -w fields "${@:4}" || return 1
  actual=$(printf '%s\n' "$OUTPUT" | field Count)
  [ "$actual" = "$3" ] || differ "number of keys at \"$2\" on $member" "$3" "$actual"
}

delete_count() { # delete_count MEMBER KEY COUNT [FLAG…]
  request "$1" del "$2" "${@:4}" || return 1
  [ "${OUTPUT%$'\n'}" = "$3" ] || differ "keys deleted at \"$2\"" "$3" "${OUTPUT%$'\n'}"
}

change() { # change WORDS…: a member change; etcd refuses it until every member has been up for five seconds
  local end=$((SECONDS + 31)) member
  while :; do
    member=$(one -) || return 1
    if votes "$member"; then
      if request "$member" member "$@"; then return 0; fi
      case $SAID in
        *'unhealthy cluster'* | *'in sync with leader'* | *'not enough started members'*) ;;
        *) return 1 ;;
      esac
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      SAID=${SAID:-"no member change is possible: $member does not serve"}
      return 1
    fi
    sleep 0.2
  done
}

change_member() { # change_member remove|promote|update MEMBER [WORD…]
  local id
  id=$(member_id "$2") || return 1
  change "$1" "$id" "${@:3}"
}

member_id() { # member_id MEMBER: in hex; one that has not started yet has no name, but a peer URL
  local end=$((SECONDS + 16)) asked id
  while [ "$SECONDS" -lt "$end" ]; do
    asked=$(one -) || return 1
    id=$(ctl "$asked" --command-timeout=2s member list 2>/dev/null |
      awk -F', ' -v name="$1" '$3 == name || ($3 == "" && $4 ~ "://" name ":") {print $1}') || true
    if [ -n "$id" ]; then
      printf '%s\n' "$id"
      return 0
    fi
    sleep 0.2
  done
  echo "$1 is not in the member list" >&2
  return 1
}

move_leader() { # move_leader MEMBER: and waits until all agree
  local id leader
  id=$(member_id "$1") || return 1
  leader=$(agreed_leader) || return 1
  request "$leader" move-leader "$id" || return 1
  leader=$(agreed_leader) || return 1
  [ "$leader" = "$1" ] || differ leader "$1" "$leader"
}

save_snapshot() { # save_snapshot MEMBER NAME
  local member
  member=$(one "$1") || return 1
  serves "$member" || true # a linearizable read lets it catch up with what was acknowledged
  request "$member" snapshot save "/snapshots/$2.db"
}

tool() { # tool MEMBER VERSION WORDS…: once, on the member's volume, with its host name
  local member=$1 version=$2 api=() address=()
  shift 2
  case $version in 3.3.*) api=(-e ETCDCTL_API=3) ;; esac
  if [ -n "${ADDRESS[$member]:-}" ]; then address=(--ip "${ADDRESS[$member]}"); fi
  engine volume create --label "$LABEL" "$(disk "$member")" >/dev/null
  if OUTPUT=$(docker run --rm --label "$LABEL" "${api[@]}" --hostname "$member" --network "$RUN" \
    --network-alias "$member" "${address[@]}" -v "$(disk "$member"):/data" -v "$RUN-snapshots:/snapshots" \
    "$(image "$version")" "$@" 2>"$SCRATCH"); then
    return 0
  fi
  SAID="$1 for $member said: $(cat "$SCRATCH") $OUTPUT"
  return 1
}

snapshot_has() { # snapshot_has REVISION|'' KEYS|'' MEMBER VERSION WORDS…: what its status has to say
  local revision=$1 keys=$2 actual ok=0
  shift 2
  tool "$@" || return 1
  actual=$(printf '%s\n' "$OUTPUT" | tail -n 1)
  check_column "$revision" 2 revision || ok=1
  check_column "$keys" 3 'total keys' || ok=1
  return $ok
}

check_column() { # check_column EXPECTED COLUMN WHAT: of $actual; nothing expected always holds
  local found
  found=$(printf '%s\n' "$actual" | awk -F', ' "{print \$$2}")
  [ -z "$1" ] || [ "$found" = "$1" ] || differ "$3" "$1" "$found"
}

healthy() { # healthy MEMBER
  serves "$1" || differ "$1" serves "$(state_of "$1")"
}

unhealthy() { # unhealthy MEMBER: it runs and does not serve
  local actual
  actual=$(state_of "$1")
  [ "$actual" = 'runs and does not serve' ] || differ "$1" 'runs and does not serve' "$actual"
}

running_are() { # running_are [MEMBER…]: these and nobody else
  local actual
  actual=$(running | xargs)
  [ "$actual" = "$(in_order "$@" | xargs)" ] || differ running "${*:-nobody}" "${actual:-nobody}"
}

in_order() { # in_order NAME…: as declared
  local member name
  for member in "${MEMBERS[@]}"; do
    for name; do if [ "$name" = "$member" ]; then printf '%s\n' "$name"; fi; done
  done
}

leader_is() { # leader_is MEMBER, or any
  local actual
  actual=$(agreed_leader 2>/dev/null) || actual='none that all agree on'
  case $1 in any) [ "$actual" != 'none that all agree on' ] ;; *) [ "$actual" = "$1" ] ;; esac || differ leader "$1" "$actual"
}

no_leader() { # no member knows one, by its metrics: without a quorum no client port is open
  local member actual ok=0 any=''
  for member in $(running); do
    any=1
    actual=$(metric "$member" etcd_server_has_leader)
    [ "$actual" = 0 ] || differ "leader on $member" none "$([ "$actual" = 1 ] && echo 'one is known' || echo 'no answer')" || ok=1
  done
  [ -n "$any" ] || differ leader 'members that know none' 'no member runs' || ok=1
  return $ok
}

metric() { # metric MEMBER NAME
  local port line
  port=$(docker port "$(container "$1")" 2381/tcp 2>/dev/null | head -n 1)
  {
    exec 3<>"/dev/tcp/127.0.0.1/${port##*:}" || return 0
    printf 'GET /metrics HTTP/1.0\r\nHost: etcd\r\n\r\n' >&3
    while IFS='' read -r -t 3 line <&3; do
      case $line in "$2 "*) printf '%s\n' "${line#"$2 "}" | tr -d '\r' ;; esac
    done
    exec 3>&-
  } 2>/dev/null
}

voters() { # those that can be asked about the cluster
  local member
  for member in $(running); do
    if votes "$member"; then printf '%s\n' "$member"; fi
  done
}

ask_voters() { # ask_voters WHAT EXPECTED COMMAND…: each that serves has to answer so
  local what=$1 expected=$2 member actual ok=0 any=''
  shift 2
  for member in $(voters); do
    any=1
    actual=$("$@" "$member") || actual='no answer'
    [ "$actual" = "$expected" ] || differ "$what on $member" "${expected:-none}" "${actual:-none}" || ok=1
  done
  [ -n "$any" ] || differ "$what" "${expected:-none}" 'no member serves' || ok=1
  return $ok
}

members_are() { # members_are MEMBER…: exactly these are in the member list
  ask_voters members "$(printf '%s\n' "$@" | sort | xargs)" listed
}

listed() { # listed ASKED: the names in its member list; of one that has not started yet the host of its peer URL
  ctl "$1" --command-timeout=2s member list 2>/dev/null |
    awk -F', ' '{if ($3 == "") {sub(".*://", "", $4); sub(":.*", "", $4); $3 = $4} print $3}' | sort | xargs
}

id_is() { # id_is MEMBER ID
  ask_voters "ID of $1" "$2" listed_column "$1" 1
}

learner_is() { # learner_is MEMBER true|false
  ask_voters "$1 a learner" "$2" listed_column "$1" 6
}

listed_column() { # listed_column MEMBER COLUMN ASKED
  ctl "$3" --command-timeout=2s member list 2>/dev/null |
    awk -F', ' -v name="$1" '$3 == name || ($3 == "" && $4 ~ "://" name ":") {print $'"$2"'}'
}

cluster_id_is() { # cluster_id_is ID: in hex
  ask_voters 'cluster ID' "$1" cluster_id_of
}

cluster_id_of() { # cluster_id_of MEMBER: etcdctl prints it in decimal
  printf '%x\n' "$(ctl "$1" --command-timeout=2s member list -w fields 2>/dev/null | field ClusterID)"
}

member_cluster_id() { # member_cluster_id MEMBER ID: where it does not serve, its log says of which cluster it is
  local actual
  if votes "$1"; then
    actual=$(cluster_id_of "$1")
  else
    actual=$(log_of "$1" | sed -nE 's/.*(starting|restarting) member [0-9a-f]+ in cluster ([0-9a-f]+).*/\2/p; s/.*"cluster-id":"([0-9a-f]+)".*/\1/p' | head -n 1 || true)
  fi
  [ "$actual" = "$2" ] || differ "cluster ID on $1" "$2" "${actual:-none}"
}

consistent() { # consistent MEMBER…: those that run have one hash at one revision
  local member first='' said ok=0 count=0
  for member in $(running "$@"); do
    count=$((count + 1))
    said=$(ctl "$member" --command-timeout=2s endpoint hashkv -w fields 2>/dev/null) || said=''
    said="hash $(printf '%s\n' "$said" | field Hash) at revision $(printf '%s\n' "$said" | field Revision)"
    first=${first:-$said}
    if [ "$said" != "$first" ] || [ "$said" = 'hash  at revision ' ]; then
      differ "HashKV of $member" "$first, as the first" "$said" || ok=1
    fi
  done
  [ "$count" -ge 2 ] || differ consistent 'at least two voters that run' "$count" || ok=1
  return $ok
}

alarms_are() { # alarms_are [ALARM…]
  ask_voters alarms "$(printf '%s\n' "$@" | sort -u | xargs)" alarms_of
}

alarms_of() { # alarms_of MEMBER
  ctl "$1" --command-timeout=2s alarm list 2>/dev/null | sed -n 's/.*alarm: *\([A-Z]*\).*/\1/p' | sort -u | xargs
}

logged() { # logged last|any MEMBER TEXT…: whether its process, or any that it had, said one of the texts
  local first=${INCARNATION[$2]:-1} number
  if [ "$1" = any ]; then first=1; fi
  for ((number = first; number <= ${INCARNATION[$2]:-0}; number++)); do
    if docker logs "$RUN-$2-$number" 2>&1 | says "${@:3}"; then return 0; fi
  done
  return 1
}

log_has() { # log_has last|any MEMBER TEXT…
  logged "$@" || differ "log of $2" "contains $(any_of "${@:3}")" 'no such line'
}

log_lacks() { # log_lacks last|any MEMBER TEXT…
  if logged "$@"; then differ "log of $2" "nothing like $(any_of "${@:3}")" 'such a line'; fi
}

exit_is() { # exit_is MEMBER CODE…
  local actual code
  if runs "$1"; then
    actual='still runs'
  else
    actual=$(exit_code "$1")
    for code in "${@:2}"; do
      if [ "$actual" = "$code" ]; then return 0; fi
    done
  fi
  differ "exit of $1" "code ${*:2}" "$actual"
}

address_of() { # address_of CONTAINER
  docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAMConfig.IPv4Address}}{{end}}' "$1"
}

address_is() { # address_is changed|same MEMBER: against its process before
  local now before expected
  now=$(address_of "$(container "$2")") || return 1
  before=$(address_of "$RUN-$2-$((${INCARNATION[$2]} - 1))") || return 1
  case $1 in changed) expected="not $before" ;; *) expected=$before ;; esac
  [ "$1" = "$(if [ "$now" = "$before" ]; then echo same; else echo changed; fi)" ] ||
    differ "address of $2" "$expected" "$now"
}
