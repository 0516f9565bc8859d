"""tccli, Tencent Cloud's command line."""

import json
import shlex

from hostward.api.action import CWP
from hostward.api.programs.call import Call
from hostward.api.programs.quoting import ascii_text
from hostward.domain.errors import InvalidValue

REGION = "ap-guangzhou"
"""tccli insists on one; this server has none."""


def program(call: Call) -> str:
    """A shell script of one command. Raises InvalidValue for a service that tccli does not know."""
    if call.service != CWP:
        raise InvalidValue(f"tccli knows no service {call.service}: choose another language")
    ca = call.endpoint.ca_file
    own_ca = (
        f'# Once, with the python of tccli: cat {shlex.quote(ascii_text(ca))} >> "$(python -m certifi)"\n' if ca else ""
    )
    endpoint = call.endpoint.host if call.endpoint.tls else call.endpoint.url
    words = ["tccli", call.service, call.action]
    for name, value in call.parameters.items():
        words += [f"--{name}", _word(value)]
    words += ["--endpoint", endpoint, "--region", REGION]
    return f"#!/bin/sh\n# Needs tccli, and the key in the environment.\n{own_ca}exec {shlex.join(words)}\n"


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
