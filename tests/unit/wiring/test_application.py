"""Which part answers which request."""

import asyncio

import pytest

from hostward.wiring.application import Application, is_api


def scope(method: str = "GET", path: str = "/", query: bytes = b"", **headers: bytes) -> dict:
    """An HTTP scope."""
    pairs = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": pairs}


def part(name: str, seen: list[str]):
    """A part that says it was asked."""

    async def app(_scope, _receive, _send) -> None:
        seen.append(name)

    return app


def answered(request: dict) -> str:
    """Which part answers."""
    seen: list[str] = []
    app = Application(
        api=part("api", seen), agents=part("agents", seen), console=part("console", seen),
        downloads=part("downloads", seen), metrics=part("metrics", seen),
    )  # fmt: skip
    asyncio.run(app(request, None, None))
    return seen[0]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (scope("POST"), "api"),
        (scope("PUT"), "api"),
        (scope("GET"), "console"),
        (scope("HEAD"), "console"),
        (scope("GET", query=b"Action=DescribeScanState"), "api"),
        (scope("GET", query=b"x=1&Action=A"), "api"),
        (scope("GET", query=b"q=Action%3D"), "console"),
        (scope("GET", query=b"MyAction=1"), "console"),
        (scope("GET", authorization=b"TC3"), "api"),
        (scope("GET", "/deep/path", x_tc_action=b"A"), "api"),
        (scope("GET", "/healthz"), "console"),
        (scope("POST", "/console/x"), "console"),
        (scope("GET", "/export/" + "0" * 32, b"sign=x"), "downloads"),
        (scope("POST", "/export/x", authorization=b"TC3"), "downloads"),
        (scope("GET", "/exports"), "console"),
        (scope("GET", "/metrics"), "metrics"),
        (scope("GET", "/metrics", authorization=b"Bearer x"), "metrics"),
        (scope("GET", "/metrics", b"Action=DescribeScanState"), "metrics"),
        (scope("GET", "/metrics/"), "console"),
        (scope("POST", "/agent/v1/poll"), "agents"),
        (scope("POST", "/agent/v1/poll", authorization=b"x"), "agents"),
    ],
)
def test_each_request_has_one_part_that_answers(request_: dict, expected: str):
    """Agents by path, the API by what it is given, the rest is the console's."""
    assert answered(request_) == expected


def test_api_is_what_has_an_action_or_an_authorization():
    """Also where the path is another: the gateway says what is wrong."""
    assert (is_api(scope("GET", "/x", authorization=b"y")), is_api(scope("GET", "/x"))) == (True, False)


def test_websockets_are_closed():
    """Nothing here speaks them."""
    sent = []

    async def send(message):
        sent.append(message)

    app = Application(api=part("a", []), agents=part("b", []), console=part("c", []))
    asyncio.run(app({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1003}]


def test_what_runs_beside_the_requests_ends_with_the_server():
    """Started at startup, cancelled at shutdown."""
    states: list[str] = []

    async def beside() -> None:
        states.append("running")
        try:
            await asyncio.sleep(3600)
        finally:
            states.append("ended")

    async def live() -> list[str]:
        app = Application(api=part("a", []), agents=part("b", []), console=part("c", []), background=(beside,))
        sent: list[str] = []
        shutdown = asyncio.Event()
        messages = iter([{"type": "lifespan.startup"}])

        async def receive():
            for message in messages:
                return message
            await shutdown.wait()
            return {"type": "lifespan.shutdown"}

        async def send(message):
            sent.append(message["type"])

        running = asyncio.create_task(app({"type": "lifespan"}, receive, send))
        await asyncio.sleep(0.02)
        shutdown.set()
        await running
        return sent

    assert asyncio.run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert states == ["running", "ended"]
