"""The documents' paths are theirs, whatever else a request has."""

import asyncio

import pytest

from hostward.wiring.application import Application


def asked(path: str, method: str = "GET", query: bytes = b"", *, schemas: bool = True, **headers: bytes) -> str:
    """Which part answers."""
    seen: list[str] = []

    def part(name: str):
        async def app(_scope, _receive, _send) -> None:
            seen.append(name)

        return app

    app = Application(
        api=part("api"), agents=part("agents"), console=part("console"), schemas=part("schemas") if schemas else None
    )
    pairs = [(name.encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": pairs}
    asyncio.run(app(scope, None, None))
    return seen[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_everything_below_the_path_is_the_documents_part_s(method):
    """Which says itself what it takes."""
    assert asked("/schema/cwp/2018-02-28.json", method) == "schemas"


@pytest.mark.parametrize(("query", "headers"), [(b"Action=ScanVul", {}), (b"", {"authorization": b"TC3"})])
def test_no_parameter_makes_it_a_call(query, headers):
    """A reserved path stays reserved."""
    assert asked("/schema/x", query=query, **headers) == "schemas"


@pytest.mark.parametrize("path", ["/schema", "/schemas/", "/Schema/", "//schema/", "/"])
def test_other_paths_are_not(path):
    """The prefix is meant to the letter."""
    assert asked(path) == "console"


def test_a_server_without_documents_has_the_console_answer():
    """With its own 404."""
    assert asked("/schema/x", schemas=False) == "console"
