#!/bin/sh
# Installs the Hostward agent on this host, or removes it (--uninstall). Everything comes from the server that sent
# this script, and is checked against the SHA-256 sums in it. Words after `sh -s --` are options: --help lists them.
set -eu
umask 022

main() {
python=''
for candidate in python3.14 python3.13 python3.12 python3.11 python3 /usr/libexec/platform-python; do
  if command -v "$candidate" >/dev/null 2>&1 &&
    "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$(command -v "$candidate")
    break
  fi
done

if [ -z "$python" ]; then
  id='' version=''
  if [ -r /etc/os-release ]; then
    # shellcheck source=/dev/null
    id=$(. /etc/os-release && printf '%s' "${ID:-} ${ID_LIKE:-}")
    # shellcheck source=/dev/null
    version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
  fi
  case " $id " in
    *' ubuntu '*) advice='apt-get install python3.11 (Ubuntu 22.04: from universe)' ;;
    *' debian '*) advice='apt-get install python3 (Debian 12 or newer)' ;;
    *' amzn '*) advice='dnf install python3.11' ;;
    *' rhel '* | *' fedora '* | *' centos '*) advice='dnf install python3.11' ;;
    *' suse '* | *' sles '* | *' opensuse '*) advice='zypper install python311' ;;
    *) advice='install Python 3.11 or newer with the package manager of this system' ;;
  esac
  printf 'hostward: no Python 3.11 or newer here (%s %s): %s, then run this again\n' "$id" "$version" "$advice" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/hostward/agent/setup"
: >"$work/hostward/__init__.py"
: >"$work/hostward/agent/__init__.py"
: >"$work/hostward/agent/setup/__init__.py"
@FILES@
"$python" -I -B -c '
import json, sys
sys.path.insert(0, sys.argv[1])
from hostward.agent.setup.host import main
with open(sys.argv[1] + "/offer.json", encoding="utf-8") as file:
    offer = json.load(file)
sys.exit(main(offer, sys.argv[2:]))
' "$work" "$@" </dev/null
}

# Only now is anything done: a script that was cut short on its way does nothing.
main "$@"
