#!/usr/bin/env bash
# build-etcd.sh VERSION OUTDIR
# Leaves in OUTDIR the whole root file system of an image of that etcd version: etcd, etcdctl, from 3.5 on etcdutl,
# and what they need to run. For machines that reach a package registry, but no image registry.
#   3.3.25, 3.4.23   from Debian's packages (bullseye, bookworm), through the machine's own apt sources; nothing installed
#   3.5.0 and later  from etcd's Go modules, where the version was published with all three programs
# ETCD_SCENARIOS_GOARCH builds for another architecture than this machine's (amd64, arm64, …).
set -euo pipefail
umask 022

say() { printf '%s\n' "$*" >&2; }

die() {
  say "build-etcd: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 3
}

# Runs a command with its output in a log; shows the end of the log where it fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 && return
  say "build-etcd: '$1' failed; its last lines:"
  tail -n 8 "$log" | sed 's/^/  /' >&2
  return 1
}

architecture() {
  if [ -n "${ETCD_SCENARIOS_GOARCH:-}" ]; then printf '%s\n' "$ETCD_SCENARIOS_GOARCH"
  else native_architecture; fi
}

native_architecture() {
  case "$(uname -m)" in
    x86_64 | amd64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    ppc64le) echo ppc64le ;;
    s390x) echo s390x ;;
    *) if command -v go >/dev/null; then go env GOARCH; else uname -m; fi ;;
  esac
}

# --- etcd's Go modules ------------------------------------------------------------------------------------------------

MODULES=go.etcd.io/etcd

build_from_go() {
  command -v go >/dev/null || die "etcd $version is built from its Go modules, and there is no 'go' on this machine." \
    "Install Go (1.24 or later), or use an image that is there already: --image NAME:{version}."
  local source=$work/module log=$work/go.log
  mkdir -p "$source" "$work/gotmp"
  # etcd's go.mod has replace directives, so 'go install path@version' refuses; a module of our own asks for the
  # programs as tools instead.
  printf 'module local\ngo 1.24\n' >"$source/go.mod"
  cd "$source"
  export CGO_ENABLED=0 GOOS=linux GOARCH=$arch GO111MODULE=on GOWORK=off GOTMPDIR=$work/gotmp
  say "downloading the Go modules of etcd $version …"
  quietly "$log" go get -tool "$MODULES/server/v3@v$version" "$MODULES/etcdctl/v3@v$version" \
    "$MODULES/etcdutl/v3@v$version" || no_such_module "$log"
  compile 1 etcd server "$log"
  compile 2 etcdctl etcdctl "$log"
  compile 3 etcdutl etcdutl "$log"
  cd /
}

compile() {
  local number=$1 program=$2 module=$3 log=$4
  say "compiling $program ($number of 3) …"
  quietly "$log" go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$root/usr/local/bin/$program" \
    "$MODULES/$module/v3" || die "etcd $version does not compile with $(go env GOVERSION)."
}

no_such_module() {
  local log=$1 known
  if known=$(go list -m -versions "$MODULES/server/v3" 2>/dev/null) && [ -n "$known" ]; then
    known=$(printf '%s\n' "$known" | tr ' ' '\n' | sed -n 's/^v\([0-9]*\.[0-9]*\.[0-9]*\)$/\1/p' | grep -F "$minor." |
      paste -sd ' ' - || true)
    die "etcd $version cannot be had as Go modules: its programs were not all published." \
      "published of $minor: ${known:-none} (the server; etcdctl and etcdutl are missing for a few)" \
      "also to be had: 3.3.25, 3.4.23 from Debian's packages"
  fi
  die "the Go modules of etcd $version could not be downloaded: is the Go module proxy reachable (go env GOPROXY)?"
}

# --- Debian's packages ------------------------------------------------------------------------------------------------

build_from_debian() {
  local suite=$1 program
  for program in apt-get apt-cache dpkg-deb; do
    command -v "$program" >/dev/null || die \
      "etcd $version is taken from Debian's packages ($suite), and there is no '$program' on this machine." \
      "Use an image that is there already (--image NAME:{version}), or etcd 3.5 or later, which is built with Go."
  done
  prepare_apt
  say "looking for etcd $version in Debian $suite …"
  local mirror
  for mirror in $(mirrors); do
    if choose_mirror "$mirror" "$suite"; then
      fetch_packages "$suite"
      return
    fi
  done
  tail -n 8 "$work/apt.log" | sed 's/^/  /' >&2
  die "etcd $version cannot be had: no apt source of this machine has etcd-server $version in Debian $suite for $debian_arch." \
    "Run this on Debian, use an image that is there already (--image NAME:{version}), or etcd 3.5 or later."
}

# Everything that apt writes goes to a folder of ours; the machine's own lists and packages stay as they are.
prepare_apt() {
  case $arch in
    ppc64le) debian_arch=ppc64el ;;
    arm) debian_arch=armhf ;;
    386) debian_arch=i386 ;;
    *) debian_arch=$arch ;;
  esac
  mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial" "$work/apt/debs" "$work/apt/none"
  # Nothing counts as installed, or the machine's own libc6 would be preferred to the suite's.
  touch "$work/apt.log" "$work/apt/status"
  apt_options=(-o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache"
    -o "Dir::Etc::sourcelist=$work/apt/sources.list" -o "Dir::Etc::sourceparts=$work/apt/none" -o "Dir::Etc::preferencesparts=$work/apt/none"
    -o "Dir::State::status=$work/apt/status"
    -o "APT::Architecture=$debian_arch" -o "APT::Architectures=$debian_arch" -o "APT::Sandbox::User=$(id -un)"
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Retries=2)
}

# The archives that this machine's own sources name, each once; one of them is Debian's.
mirrors() {
  apt-get update --print-uris 2>/dev/null |
    sed -n "s#^'\([^']*\)/dists/[^/']*/InRelease'.*#\1#p" | grep -v -e '-security' | awk '!seen[$0]++' || true
}

# The key file that the machine's own sources name beside that archive: in the same stanza, or on the same line.
keyring_of() {
  local key folder=/etc/apt
  key=$({
    stanza_key '' "$1" "$folder"/sources.list.d/*.sources
    stanza_key '\n' "$1" "$folder/sources.list" "$folder"/sources.list.d/*.list
  } 2>/dev/null | head -n 1 || true)
  [ -n "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ -r "$key" ]; then printf '%s\n' "$key"; fi
}

stanza_key() {
  local separator=$1 mirror=$2
  shift 2
  awk -v RS="$separator" -v mirror="$mirror" '
    index($0, mirror) && match($0, /[Ss]igned-[Bb]y[=:] *\/[^] \n]+/) {
      key = substr($0, RSTART, RLENGTH)
      sub(/^[^\/]*/, "", key)
      print key
    }' "$@" || true
}

choose_mirror() {
  local mirror=$1 suite=$2 key
  key=$(keyring_of "$mirror")
  printf 'deb %s%s %s main\n' "${key:+[signed-by=$key] }" "$mirror" "$suite" >"$work/apt/sources.list"
  rm -rf "$work/apt/lists" && mkdir -p "$work/apt/lists/partial"
  apt-get "${apt_options[@]}" update >>"$work/apt.log" 2>&1 || return 1
  server_package=$(package_version etcd-server) client_package=$(package_version etcd-client)
  # Debian's older packages name the client's part as the server's; both have to be of the version that is asked for.
  [ -n "$server_package" ] && [ -n "$client_package" ]
}

package_version() {
  apt-cache "${apt_options[@]}" madison "$1" | awk -F ' *\\| *' '{ print $2 }' |
    grep -E "^$(printf '%s' "$version" | sed 's/\./\\./g')([+-]|\$)" | head -n 1 || true
}

fetch_packages() {
  local suite=$1 deb
  say "downloading etcd $version of Debian $suite …"
  cd "$work/apt/debs"
  quietly "$work/apt.log" apt-get "${apt_options[@]}" download "etcd-server=$server_package" \
    "etcd-client=$client_package" libc6 || die "the packages of etcd $version could not be downloaded."
  cd /
  for deb in "$work"/apt/debs/*.deb; do dpkg-deb -x "$deb" "$work/unpacked"; done
  cp "$work/unpacked/usr/bin/etcd" "$work/unpacked/usr/bin/etcdctl" "$root/usr/local/bin/"
  copy_libraries
}

# These builds are linked dynamically, and the resolver loads the nss libraries by name: the image has to hold all of them.
copy_libraries() {
  local loader name found
  loader=$(interpreter_of "$root/usr/local/bin/etcd")
  mkdir -p "$root/etc" "$root$(dirname "$loader")" "$root/lib"
  found=$(find "$work/unpacked" -name "$(basename "$loader")" | head -n 1)
  [ -n "$found" ] || die "the loader $loader of etcd $version is not in Debian's libc6."
  cp "$(real_file "$found")" "$root$loader"
  for name in libc.so.6 libpthread.so.0 libdl.so.2 libresolv.so.2 libnss_dns.so.2 libnss_files.so.2; do
    found=$(find "$work/unpacked" -name "$name" | head -n 1)
    [ -n "$found" ] || die "$name, which etcd $version needs, is not in Debian's libc6."
    local folder=$root${found#"$work/unpacked"}
    mkdir -p "$(dirname "$folder")"
    cp -L "$found" "$folder"
    library_path=$(dirname "$folder")
  done
  chmod 755 "$root$loader"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  loader_path=$root$loader
}

# Links in a package are absolute; they are meant within it.
real_file() {
  local file=$1 target
  while [ -L "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$work/unpacked$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  printf '%s\n' "$file"
}

# The loader's path stands as text near the start of the program; readelf is not on every machine.
interpreter_of() {
  local path
  path=$(head -c 8192 "$1" | tr '\0' '\n' | grep -a -m 1 -E '^/lib[^ ]*/ld[^ ]*\.so\.[0-9]+$' || true)
  [ -n "$path" ] || die "Debian's etcd $version names no loader."
  printf '%s\n' "$path"
}

# --- the whole ----------------------------------------------------------------------------------------------------

check_version() {
  [ "$arch" = "$(native_architecture)" ] && [ "$(uname -s)" = Linux ] || return 0
  local said command=("$root/usr/local/bin/etcd")
  # The Debian builds are started with the image's own loader and libraries, which tests those as well.
  [ -z "${loader_path:-}" ] || command=("$loader_path" --library-path "$library_path" "${command[@]}")
  said=$(ETCD_UNSUPPORTED_ARCH=$arch "${command[@]}" --version 2>&1) ||
    die "the etcd that was built does not run: $said"
  case $said in
    *"etcd Version: $version"[[:space:]]* | *"etcd Version: $version") ;;
    *) die "the etcd that was built is not $version; it says: $(printf '%s' "$said" | head -n 1)" ;;
  esac
}

main() {
  [ $# -eq 2 ] || { say 'usage: build-etcd.sh VERSION OUTDIR'; exit 2; }
  version=$1 outdir=$2
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[A-Za-z0-9_.]+)?$ ]] || die "'$version' is no etcd version such as 3.5.35."
  [ ! -e "$outdir" ] || die "$outdir exists already."
  [ -d "$(dirname "$outdir")" ] || die "$(dirname "$outdir") is not a folder."
  outdir=$(cd "$(dirname "$outdir")" && pwd)/$(basename "$outdir")
  arch=$(architecture) minor=${version%.*}
  # Beside OUTDIR, so that the last step is one rename and OUTDIR is never there half done.
  work=$(mktemp -d "$outdir.build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  root=$work/root
  mkdir -p "$root/usr/local/bin" "$root/tmp"
  chmod 755 "$root"
  case $version in
    3.3.25) build_from_debian bullseye ;;
    3.4.23) build_from_debian bookworm ;;
    [012].* | 3.[0-4].*) die "etcd $version cannot be had without an image registry." \
      'to be had: 3.3.25, 3.4.23 from Debian, 3.5.0 and later from Go modules' ;;
    *) build_from_go ;;
  esac
  chmod 755 "$root"/usr/local/bin/*
  chmod 1777 "$root/tmp"
  check_version
  mv "$root" "$outdir"
  say "etcd $version is built."
}

main "$@"
