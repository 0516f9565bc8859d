"""A bash script with curl.

The secret is never an argument of a program, where every user of the machine could read it: HMAC (RFC 2104) is spelled
out over sha256sum, which takes its input from a pipe.
"""

import shlex

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import json_text


def program(call: Call) -> str:
    """A script; it needs bash, curl and coreutils."""
    own_ca = f"--cacert {shlex.quote(call.endpoint.ca_file)} " if call.endpoint.ca_file else ""
    return f"""\
#!/usr/bin/env bash
# Needs curl and coreutils, and the key in the environment.
set -euo pipefail
: "${{TENCENTCLOUD_SECRET_ID:?}}" "${{TENCENTCLOUD_SECRET_KEY:?}}"

service={call.service}
host={shlex.quote(call.endpoint.host)}
body={shlex.quote(json_text(call.parameters))}
time=$(date +%s)
date=$(date -u -d "@$time" +%Y-%m-%d)
scope=$date/$service/tc3_request

sha256() {{ sha256sum | cut -d ' ' -f 1; }}
hex() {{ od -An -v -tx1 | tr -d ' \\n'; }}
bytes() {{ printf '%b' "$(printf '%s' "$1" | sed 's/../\\\\x&/g')"; }}

# hmac KEY MESSAGE: HMAC-SHA256 in hex. KEY in hex. No secret becomes an argument of a program.
hmac() {{
  local key=$1 inner='' outer='' i byte
  if [ ${{#key}} -gt 128 ]; then key=$(bytes "$key" | sha256); fi
  while [ ${{#key}} -lt 128 ]; do key=${{key}}00; done
  for ((i = 0; i < 128; i += 2)); do
    printf -v byte '%02x' $((16#${{key:i:2}} ^ 0x36)) && inner+=$byte
    printf -v byte '%02x' $((16#${{key:i:2}} ^ 0x5c)) && outer+=$byte
  done
  inner=$({{ bytes "$inner"; printf '%s' "$2"; }} | sha256)
  bytes "$outer$inner" | sha256
}}

canonical=$(printf 'POST\\n/\\n\\ncontent-type:application/json\\nhost:%s\\n\\ncontent-type;host\\n%s' \\
  "$host" "$(printf '%s' "$body" | sha256)")
to_sign=$(printf 'TC3-HMAC-SHA256\\n%s\\n%s\\n%s' "$time" "$scope" "$(printf '%s' "$canonical" | sha256)")
key=$(printf 'TC3%s' "$TENCENTCLOUD_SECRET_KEY" | hex)
for part in "$date" "$service" tc3_request; do key=$(hmac "$key" "$part"); done
signature=$(hmac "$key" "$to_sign")

token=()
if [ -n "${{TENCENTCLOUD_TOKEN:-}}" ]; then token=(-H "X-TC-Token: $TENCENTCLOUD_TOKEN"); fi
printf '%s' "$body" | curl --silent --show-error --fail-with-body {own_ca}{shlex.quote(call.endpoint.url + "/")} \\
  -H "Authorization: TC3-HMAC-SHA256 Credential=$TENCENTCLOUD_SECRET_ID/$scope, SignedHeaders=content-type;host, \\
Signature=$signature" \\
  -H 'Content-Type: application/json' -H "Host: $host" \\
  -H {shlex.quote(f"X-TC-Action: {call.action}")} -H 'X-TC-Version: {call.version}' -H "X-TC-Timestamp: $time" \\
  "${{token[@]}}" --data-binary @-
echo
"""
