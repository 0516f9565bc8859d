"""Programs that make one call: one module a language, each with its key taken from the environment.

PROGRAMS is the only list of them. No program holds a secret, and whatever a call's parameters hold, they stay data.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hostward.api.programs import curl, dotnet, go, java, node, php, python, tccli
from hostward.api.programs.call import Call

PROGRAMS: Final[Mapping[str, Callable[[Call], str]]] = {
    "python": python.program,
    "node": node.program,
    "go": go.program,
    "java": java.program,
    "php": php.program,
    "dotnet": dotnet.program,
    "curl": curl.program,
    "tccli": tccli.program,
}
