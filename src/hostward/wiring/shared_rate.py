"""The rate limit as the settings want it: of this process, or shared through Valkey (or Redis)."""

from collections.abc import Sequence
from typing import Any, cast

from hostward.api.rate_limit import ProcessRate, Rate
from hostward.api.shared_rate import ASK_SECONDS, SCRIPT, RateServerGone, Run, SharedRate
from hostward.domain.errors import InvalidValue
from hostward.runtime.metrics import Metrics
from hostward.settings import Settings

MOST_CONNECTIONS = 64
"""To the server: each is held for one question; requests beyond that wait for one, as long as for an answer."""

UNCHECKED = "hostward_rate_limit_unchecked_total"


def rate_of(settings: Settings, metrics: Metrics) -> Rate:
    """The rate limit. Nothing is connected yet. Raises InvalidValue for a URL that is none, or without the package."""
    unchecked = metrics.counter(UNCHECKED, "Calls that passed because the server of the shared rate limit was gone.")
    if not settings.valkey_url:
        return ProcessRate(settings.api_rate_per_second)
    return SharedRate(settings.api_rate_per_second, _script(settings.valkey_url), unchecked=unchecked)


def _script(url: str) -> Run:
    try:
        from valkey.asyncio import BlockingConnectionPool, Valkey  # noqa: PLC0415  # 4 MB that only some servers need
        from valkey.exceptions import ValkeyError  # noqa: PLC0415  # as above
    except ImportError as error:
        raise InvalidValue("valkey.url is set, but the Python package valkey is not installed: install it") from error
    try:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=MOST_CONNECTIONS, timeout=ASK_SECONDS, socket_timeout=ASK_SECONDS,
            socket_connect_timeout=ASK_SECONDS,
        )  # fmt: skip
    except ValueError as error:
        raise InvalidValue(f"valkey.url can't be used: {error}; write valkey://HOST:PORT/NUMBER") from error
    script = Valkey(connection_pool=pool).register_script(SCRIPT)

    async def run(keys: Sequence[str], arguments: Sequence[int]) -> object:
        try:
            return cast("object", await cast("Any", script)(keys=list(keys), args=list(arguments)))
        except (ValkeyError, OSError) as error:
            raise RateServerGone(str(error)) from error

    return run
