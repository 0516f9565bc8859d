"""The API Explorer's logic (web/src/screens/explorer/logic), called from Python; and the official SDK's signatures."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SUPPORT: Final = Path(__file__).parent
WEB: Final = SUPPORT.parent.parent / "web"


class Refused(Exception):
    """What the logic threw: its kind, and everything that it says."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(f"{said['kind']}: {said['message']}")
        self.said = said


class Lines:
    """A program that answers a line of JSON with a line of JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, question: object) -> Any:
        """Its answer to one question."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended with {self._process.wait()}; its stderr is above")
        return json.loads(line)


class Logic:
    """Functions of the logic by module and name."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __call__(self, name: str, *args: object) -> Any:
        """What "module.function" answers. Raises Refused for what it throws."""
        answer = self._lines.ask([name.split("."), *args])
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]


def exact(value: object) -> dict[str, str]:
    """An argument that the logic is to have as its own JSON: text as it stands, anything else as json.dumps has it."""
    return {"$json": value if isinstance(value, str) else json.dumps(value)}


@contextmanager
def running_logic(folder: Path, entry: str = "") -> Iterator[Logic]:
    """The logic, bundled into a folder and running. entry: a module in web/ instead of the Explorer's."""
    node = shutil.which("node")
    assert node is not None
    with _running(
        [node, str(SUPPORT / "console_logic.mjs"), str(WEB), str(folder), *([entry] if entry else [])]
    ) as lines:
        yield Logic(lines)


@contextmanager
def running_sdk(environment: Path) -> Iterator[Lines]:
    """The official Python SDK of a virtual environment; sdk_signer.py says what it is asked."""
    with _running([str(environment / "bin" / "python"), str(SUPPORT / "sdk_signer.py")]) as lines:
        yield lines


@contextmanager
def _running(command: list[str]) -> Iterator[Lines]:
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Lines(process)
        finally:
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe; the program ends with it
            process.wait(timeout=20)
