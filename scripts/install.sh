#!/bin/sh
# Installs one group of packages into its environment, once: install.sh run | test | clients
# (clients is every official client, each SDK in an environment of its own, side by side).
# Prints one line when that takes long, else nothing. Knows nothing of any package index: pip's own settings count.
# PYTHON names the interpreter; else the newest of python3.14 ... python3.11 and python3 that will do is taken.
set -eu
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
cd "$(dirname "$0")/.."
group=$1

fail() {
  printf 'hostward: %s\n' "$1" >&2
  exit 1
}

# --- all the clients: they wait for the network and the disk, so they do it at the same time
if [ "$group" = clients ]; then
  pids=
  for one in clients-python clients-python-intl clients-node-common clients-node-intl; do
    scripts/install.sh "$one" &
    pids="$pids $!"
  done
  status=0
  for pid in $pids; do wait "$pid" || status=1; done
  exit "$status"
fi

# --- what a group is: its environment, its requirements, how long it takes on two cores
node=
case $group in
  run) venv=.venv files='requirements/build.txt requirements/run.txt' takes='about a minute' ;;
  test) venv=.venv files='requirements/test.txt' takes='about 30 s' ;;
  clients-python | clients-python-intl)
    venv=.venv-clients/${group#clients-} files=requirements/$group.txt takes='about 30 s'
    ;;
  clients-node-common | clients-node-intl)
    venv=.venv-clients/${group#clients-} takes='about 10 s' node=yes
    files="requirements/$group/package.json requirements/$group/package-lock.json"
    ;;
  *) fail "install.sh: no group $group: run, test or clients" ;;
esac
stamp=$venv/.installed-$group
log=$venv/install-$group.log

# --- what is installed is right for these files, in this place: a moved checkout is installed anew
wanted() {
  pwd
  cksum $files
  if [ "$group" = run ]; then
    cksum pyproject.toml hatch_build.py src/hostward/__init__.py
    find web -type f ! -path '*/node_modules/*' ! -path '*/dist/*' | LC_ALL=C sort | xargs cksum
    echo "${HOSTWARD_SKIP_CONSOLE:+no console}"
  fi
}

version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

is_current() { [ -f "$stamp" ] && [ "$(wanted)" = "$(cat "$stamp")" ]; }

# An environment that works, of the interpreter that was asked for by name, if one was.
usable() {
  [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null || return 1
  [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON")" = "$(version "$venv/bin/python")" ]
}

# --- what is said when packages can't be installed
explain() {
  if grep -q '^hostward: ' "$log"; then
    tail -n 20 "$log" | grep -v '^hostward: building' >&2 # the console's build says itself what to do
    exit 1
  fi
  if grep -qE 'THESE PACKAGES DO NOT MATCH THE HASHES|HashMismatch|EINTEGRITY' "$log"; then
    fail "a downloaded package is not the one that was tested (its hash differs): see $log; empty the cache (pip cache purge, npm cache clean --force) or ask whoever runs your package mirror"
  fi
  if grep -qiE 'NewConnectionError|NameResolution|Failed to establish|Temporary failure|timed out|ProxyError|SSLError|No route to host|Network is unreachable|from versions: none|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT' "$log"; then
    fail "packages could not be downloaded: see the network, the proxy (HTTPS_PROXY) and the settings of pip or npm (pip config list, npm config list), then try again; details in $log"
  fi
  if grep -qi 'No space left' "$log"; then fail "the disk is full: $(pwd) needs about 1 GB"; fi
  tail -n 15 "$log" >&2
  fail "packages could not be installed: see above and $log"
}

announce() { printf 'hostward: installing what %s needs (once, %s) ...\n' "$group" "$takes" >&2; }

# --- packages of Node
if [ -n "$node" ]; then
  command -v npm >/dev/null 2>&1 || exit 0 # the tests that need them say so
  if [ -d "$venv/node_modules" ] && is_current; then exit 0; fi
  announce
  rm -rf "$venv"
  mkdir -p "$venv" 2>/dev/null || fail "$(pwd) can't be written to: copy it to a folder of yours"
  cp $files "$venv"
  (cd "$venv" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier) >"$log" 2>&1 || explain
  wanted >"$stamp"
  exit 0
fi

if usable && is_current; then exit 0; fi

# --- an interpreter
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
  lacking=
  for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    new_enough "$candidate" || continue
    if has_venv "$candidate"; then
      python=$candidate
      return
    fi
    lacking=${lacking:-$candidate}
  done
  if [ -n "$lacking" ]; then
    fail "$lacking lacks venv or ensurepip: install them (Debian, Ubuntu: apt install python$(version "$lacking")-venv) and try again"
  fi
  fail "no Python 3.11 or newer found (looked for ${PYTHON:-python3.14 to python3.11, python3}): install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python3"
}

# --- an environment
same_place() { [ "$(head -n 1 "$stamp" 2>/dev/null || pwd)" = "$(pwd)" ]; }

if ! usable || ! same_place; then
  find_python
  rm -rf "$venv"
  mkdir -p "$venv" 2>/dev/null || fail "$(pwd) can't be written to: copy it to a folder of yours"
  "$python" -m venv "$venv" >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    fail "no virtual environment could be made in $venv with $python"
  }
fi

# --- what builds the console: the Node that is here, when it is new enough (hatch_build.py), else one from PyPI
has_npm() {
  [ -n "${HOSTWARD_SKIP_CONSOLE:-}" ] && return 0
  [ -z "${HOSTWARD_FORCE_NODE_WHEEL:-}" ] && command -v npm >/dev/null 2>&1 &&
    node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# --- packages of Python
pip() { "$venv/bin/python" -m pip install --quiet "$@" >>"$log" 2>&1 || explain; }

announce
rm -f "$stamp"
: >"$log"
case $group in
  run)
    pip --require-hashes -r requirements/build.txt -r requirements/run.txt
    if ! has_npm; then pip --require-hashes -r requirements/node.txt; fi
    pip --no-deps --no-build-isolation -e .
    ;;
  test) pip --require-hashes -r requirements/test.txt ;;
  # Only a few of an SDK's 7,000 modules are ever loaded: compiling all of them would take four times as long.
  *) pip --require-hashes --no-deps --no-compile --use-pep517 -r "$files" ;;
esac
wanted >"$stamp"
