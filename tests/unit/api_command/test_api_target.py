"""Which server is called, and with which key."""

import json

import pytest

from hostward.api.programs.address import endpoint_at
from hostward.api.programs.call import Endpoint
from hostward.cli.api.target import MAX_READY_BYTES, Named, NoKey, endpoint_of, key_of
from hostward.domain.errors import HostwardError

READY = {"url": "http://127.0.0.1:9", "secret_id": "AKIDready", "secret_key": "ready-secret", "ca_file": ""}
KEYS = {"TENCENTCLOUD_SECRET_ID": "AKIDenv", "TENCENTCLOUD_SECRET_KEY": "env-secret"}


@pytest.fixture
def ready(tmp_path):
    """A ready file."""
    path = tmp_path / "ready.json"
    path.write_text(json.dumps(READY))
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8420", Endpoint(tls=False, host="127.0.0.1:8420")),
        ("localhost:8420", Endpoint(tls=False, host="localhost:8420")),
        ("[::1]:8420", Endpoint(tls=False, host="[::1]:8420")),
        ("scan.example", Endpoint(tls=True, host="scan.example")),
        ("10.0.0.1:8420", Endpoint(tls=True, host="10.0.0.1:8420")),
        ("http://scan.example:80/", Endpoint(tls=False, host="scan.example:80")),
        ("https://127.0.0.1:8420", Endpoint(tls=True, host="127.0.0.1:8420")),
        ("HTTPS://scan.example", Endpoint(tls=True, host="scan.example")),
    ],
)
def test_an_address_is_read(text, expected):
    """Without a scheme it is https, but on loopback."""
    assert endpoint_at(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "http://", "ftp://x", "http://x/path", "http://x:port", "http://u:p@x", "x y", "x\n", "http://[::1", "x?a=b",
     "http://x:99999", "例子", '"', "http://x/?q"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text):
    """And so never reaches a generated program."""
    with pytest.raises(HostwardError, match="is no endpoint"):
        endpoint_at(text)


def test_the_command_line_comes_first(ready):
    """Then the ready file, then the environment."""
    environ = {"TENCENTCLOUD_ENDPOINT": "http://127.0.0.1:3"}
    assert endpoint_of(Named(endpoint="127.0.0.1:1", ready_file=ready), environ).host == "127.0.0.1:1"
    assert endpoint_of(Named(ready_file=ready), environ).host == "127.0.0.1:9"
    assert endpoint_of(Named(), environ).host == "127.0.0.1:3"


def test_without_any_of_them_the_settings_say_it(tmp_path):
    """Where a server of this data directory listens."""
    (tmp_path / "hostward.toml").write_text('listen = "127.0.0.1:8555"\n')
    assert endpoint_of(Named(data=str(tmp_path)), {}) == Endpoint(tls=False, host="127.0.0.1:8555")


def test_a_server_with_an_own_ca_is_asked_by_https(tmp_path):
    """And its CA is trusted."""
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "ca.pem").write_text("-")
    asked = endpoint_of(Named(data=str(tmp_path)), {})
    assert (asked.tls, asked.ca_file) == (True, str(tmp_path / "tls" / "ca.pem"))


def test_a_port_that_the_server_chooses_is_known_to_nobody(tmp_path):
    """The message says what names it."""
    (tmp_path / "hostward.toml").write_text('listen = "127.0.0.1:0"\n')
    with pytest.raises(HostwardError, match="--endpoint or --ready-file"):
        endpoint_of(Named(data=str(tmp_path)), {})


def test_the_variable_is_none_that_a_server_would_take_for_a_setting(tmp_path):
    """A server started from the same shell must not refuse it."""
    environ = {"TENCENTCLOUD_ENDPOINT": "", **KEYS}
    assert endpoint_of(Named(data=str(tmp_path)), environ).host == "127.0.0.1:8420"


def test_a_ca_of_the_command_line_is_trusted(ready):
    """Whatever names the server."""
    assert endpoint_of(Named(ready_file=ready, ca_file="/ca.pem"), {}).ca_file == "/ca.pem"


def test_the_key_of_the_ready_file_comes_before_that_of_the_environment(ready):
    """It was named, the other one happens to be there."""
    assert key_of(Named(ready_file=ready), KEYS).secret_id == "AKIDready"
    assert key_of(Named(), KEYS).secret_id == "AKIDenv"


def test_a_temporary_key_has_its_token():
    """From the environment too."""
    assert key_of(Named(), KEYS | {"TENCENTCLOUD_TOKEN": "t"}).token == "t"


@pytest.mark.parametrize("missing", KEYS)
def test_half_a_key_is_none(missing):
    """The message says what to set."""
    with pytest.raises(NoKey, match="TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY"):
        key_of(Named(), {name: value for name, value in KEYS.items() if name != missing})


def test_a_key_does_not_show_its_secret():
    """Not even in a traceback."""
    shown = repr(key_of(Named(), KEYS | {"TENCENTCLOUD_TOKEN": "the-token"}))
    assert [word for word in ("env-secret", "the-token") if word in shown] == []


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '"x"', "{" * 10, json.dumps(READY | {"url": 7}), json.dumps(READY | {"secret_key": ""}),
     " " * MAX_READY_BYTES + json.dumps(READY)],
    ids=["nothing", "list", "empty", "null", "text", "broken", "url", "no secret", "too large"],
)  # fmt: skip
def test_a_file_that_is_no_ready_file_is_refused(tmp_path, content):
    """The message names it."""
    path = tmp_path / "odd.json"
    path.write_text(content)
    with pytest.raises(HostwardError, match=r"odd\.json"):
        endpoint_of(Named(ready_file=path), {})


def test_a_ready_file_that_is_not_there_is_told(tmp_path):
    """In words."""
    with pytest.raises(HostwardError, match="can't read"):
        key_of(Named(ready_file=tmp_path / "gone"), {})
