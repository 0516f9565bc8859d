#!/bin/sh
# Renews requirements/*.txt from requirements/*.in and pyproject.toml. ARGS such as --upgrade are passed to uv.
# The files record versions and hashes only, no address of an index: uv leaves those out unless told otherwise.
set -eu
cd "$(dirname "$0")/.."
command -v "${UV:=uv}" >/dev/null || {
  echo "hostward: lock needs uv: install it (pip install uv) or name it: make lock UV=/path/to/uv" >&2
  exit 1
}

lock() {
  out=requirements/$1
  shift
  "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --output-file "$out" "$@"
}

lock run.txt pyproject.toml --extra server "$@"
# What agents are installed from: the same versions, without what only a server needs.
"$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --constraints requirements/run.txt --output-file src/hostward/wiring/agent_requirements.txt pyproject.toml "$@"
lock build.txt requirements/build.in --constraints requirements/run.txt "$@"
lock node.txt requirements/node.in "$@"
lock test.txt requirements/test.in --constraints requirements/run.txt --constraints requirements/build.txt "$@"
lock clients-python.txt requirements/clients-python.in "$@"
lock clients-python-intl.txt requirements/clients-python-intl.in "$@"

# The Node clients are pinned by hand in package.json; npm writes down what they need, without any address.
if command -v npm >/dev/null; then
  npm --prefix web install --package-lock-only --ignore-scripts --no-audit --no-fund >/dev/null
  for one in requirements/clients-node-*; do
    npm --prefix "$one" install --package-lock-only --omit-lockfile-registry-resolved=true --ignore-scripts \
      --no-audit --no-fund >/dev/null
  done
fi
