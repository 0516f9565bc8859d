"""Where a server's URL leads."""

import pytest

from hostward.agent.wire import is_loopback, target_of
from hostward.domain.errors import InvalidValue

PROXY = {"HTTPS_PROXY": "http://proxy.example:3128"}


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://hostward.example", ("https", "hostward.example", 443, "")),
        ("https://hostward.example:8443/", ("https", "hostward.example", 8443, "")),
        ("https://hostward.example/behind/a/path/", ("https", "hostward.example", 443, "/behind/a/path")),
        ("http://127.0.0.1:8765", ("http", "127.0.0.1", 8765, "")),
        ("http://localhost", ("http", "localhost", 80, "")),
        ("http://[::1]:8765", ("http", "::1", 8765, "")),
    ],
)
def test_a_url_is_a_scheme_a_host_a_port_and_a_path(url: str, where: tuple[str, str, int, str]) -> None:
    """Ports have their defaults."""
    target = target_of(url, {})
    assert (target.scheme, target.host, target.port, target.path) == where


@pytest.mark.parametrize(
    "url",
    ["", "hostward.example", "ftp://hostward.example", "https://", "https://h:port", "https://h/?a=b", "https://[::1"],
)
def test_what_is_no_servers_url_is_refused(url: str) -> None:
    """The message says how one is written."""
    with pytest.raises(InvalidValue, match=r"is no (URL|server)"):
        target_of(url, {})


@pytest.mark.parametrize("url", ["http://hostward.example", "http://10.0.0.1:80", "http://127.0.0.1.example"])
def test_results_are_never_sent_unencrypted_to_another_machine(url: str) -> None:
    """Plain http serves this machine only."""
    with pytest.raises(InvalidValue, match="unencrypted"):
        target_of(url, {})


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("example", False),
    ],
)
def test_loopback_is_known_by_name_and_address(host: str, is_own: bool) -> None:
    """All of 127/8, and ::1."""
    assert is_loopback(host) is is_own


def test_https_goes_through_the_proxy_that_is_set() -> None:
    """Either spelling, with or without a scheme."""
    assert target_of("https://h.example", PROXY).proxy == ("proxy.example", 3128)
    assert target_of("https://h.example", {"https_proxy": "proxy.example:3128"}).proxy == ("proxy.example", 3128)
    assert target_of("https://h.example", {"https_proxy": "http://proxy.example"}).proxy == ("proxy.example", 80)


def test_a_proxy_may_want_a_name_and_a_password() -> None:
    """As they are in the URL, decoded."""
    target = target_of("https://h.example", {"HTTPS_PROXY": "http://me:p%40ss@proxy.example:3128"})
    assert (target.proxy, target.proxy_user) == (("proxy.example", 3128), "me:p@ss")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://127.0.0.1:1", "https://localhost", "https://[::1]:1"])
def test_this_machine_is_never_reached_through_a_proxy(url: str) -> None:
    """The proxy could not reach it."""
    assert target_of(url, PROXY).proxy is None


@pytest.mark.parametrize("spared", ["h.example", ".example", "example", "*.example", "a.b, h.example", "*"])
def test_hosts_named_in_no_proxy_are_reached_directly(spared: str) -> None:
    """By name or by the end of it."""
    assert target_of("https://h.example", {**PROXY, "NO_PROXY": spared}).proxy is None


@pytest.mark.parametrize("spared", ["", "other.example", "xample", "h.example.com"])
def test_hosts_not_named_in_no_proxy_go_through_the_proxy(spared: str) -> None:
    """A part of a name is not a domain."""
    assert target_of("https://h.example", {**PROXY, "no_proxy": spared}).proxy == ("proxy.example", 3128)


@pytest.mark.parametrize("proxy", ["https://proxy.example", "socks5://proxy.example", "http://"])
def test_a_proxy_that_can_not_be_spoken_to_is_named(proxy: str) -> None:
    """Not passed over in silence."""
    with pytest.raises(InvalidValue, match="HTTPS_PROXY"):
        target_of("https://h.example", {"HTTPS_PROXY": proxy})
