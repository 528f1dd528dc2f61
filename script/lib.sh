# Shared by the scripts beside it; not run by itself.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
jobs=$(nproc)
# A web build needs a newer Node.js than Debian 12 has; script/setup puts one here when it must.
node_home="$root/build/tools/node"
[ -x "$node_home/bin/node" ] && PATH="$node_home/bin:$PATH"
export PATH

say() { printf '%s\n' "== $*" >&2; }
die() { printf '%s\n' "error: $*" >&2; exit 1; }

# show_help "$@": prints the comment block at the top of the calling script when --help is asked.
show_help() {
  case "${1:-}" in
    -h | --help) sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  esac
}

# configure PRESET: makes build/PRESET unless it is there already; cmake re-runs by itself afterwards.
configure() {
  [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >"/tmp/tocsin-configure-$1.log" 2>&1 ||
    { cat "/tmp/tocsin-configure-$1.log" >&2; die "configuring '$1' failed"; }
}
