"""domain.webhook_target: which URLs a webhook may have, and which addresses may be called."""

from ipaddress import IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.webhook_target import checked_target, is_allowed, plain, target_of

PUBLIC = ("8.8.8.8", "1.1.1.1", "151.101.1.69", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e")
INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.23", "100.64.0.1", "100.100.100.200", "100.127.255.255", "224.0.0.1"),
    *("239.255.255.250", "255.255.255.255", "240.0.0.1", "192.0.0.192", "198.18.0.1", "192.88.99.1", "168.63.129.16"),
    *("::", "::1", "fe80::1", "fd00:ec2::254", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:169.254.169.254", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2001:0:53aa:64c::1", "2001:db8::1"),
)


def test_a_url_is_taken_apart() -> None:
    """Path with its query; the port is left out of Host where it is the scheme's own."""
    target = target_of("https://Hooks.Example.com/a/b?c=d")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "hooks.example.com", 443, "/a/b?c=d")
    assert target.authority == "hooks.example.com"
    assert target_of("http://example.com:8080").authority == "example.com:8080"
    assert target_of("http://[2606:4700::1]:3000/x").authority == "[2606:4700::1]:3000"


@pytest.mark.parametrize("url", [
    *("ftp://example.com/", "file:///etc/passwd", "example.com", "//example.com/", "https://", "https:///x", "gopher://x"),
    *("http://user:pw@example.com/", "http://user@example.com/", "http://@example.com/", "https://example.com/#part"),
    *("http://example.com:22/", "http://example.com:0/", "http://example.com:99999/", "http://example.com:x/"),
    *("http://exa mple.com/", "http://example.com/a\nb", "http://example.com\\@evil/", "http://ex\u00e4mple.com/", ""),
    *("http://[::1", "http://a]b/", "https://example.com/" + "x" * 2000, "http://[fe80::1%25eth0]/"),
])  # fmt: skip
def test_a_url_nothing_should_be_sent_to_is_refused(url: str) -> None:
    """Other schemes, passwords, odd ports, odd characters; the message says what a URL is to be."""
    with pytest.raises(InvalidValue, match="the URL of a webhook"):
        target_of(url)


@given(st.text(max_size=40))
def test_any_text_is_a_target_or_refused(text: str) -> None:
    """Nothing else is raised, and what is taken names a host and a port."""
    try:
        target = target_of("http://" + text)
    except InvalidValue:
        return
    assert target.host
    assert target.port in (80, 443) or target.port >= 1024
    assert target.path.startswith("/")
    assert not set("\r\n ") & set(target.path + target.authority)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    """Those of the internet."""
    assert is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", INSIDE)
def test_no_other_address_may_be_called(address: str) -> None:
    """Loopback, private, link-local, metadata, shared space, multicast, and all that only leads to an IPv4 address."""
    assert not is_allowed(ip_address(address), ())


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_written_in_ipv6_is_the_same(address) -> None:
    """Mapped addresses are judged, and called, as what they are."""
    mapped = IPv6Address(f"::ffff:{address}")
    assert plain(mapped) == address
    assert is_allowed(mapped, ()) == is_allowed(address, ())


def test_the_operator_can_allow_a_network() -> None:
    """That one and no other, in its mapped spelling too."""
    allowed = (ip_network("10.1.2.0/24"), ip_network("fd00::/8"))
    found = [is_allowed(ip_address(text), allowed) for text in ("10.1.2.3", "::ffff:10.1.2.3", "10.1.3.1", "fd00::1")]
    assert found == [True, True, False, True]


def test_an_address_in_a_url_is_checked_at_once() -> None:
    """A name is not: it is looked up when something is sent. The message names the setting."""
    with pytest.raises(InvalidValue, match=r"169\.254\.169\.254 .*notifications\.allow_private"):
        checked_target("http://169.254.169.254/latest", ())
    assert checked_target("http://10.1.2.3/", (ip_network("10.0.0.0/8"),)).host == "10.1.2.3"
    assert checked_target("http://localhost/", ()).host == "localhost"
