"""The API by the session of a browser, and the actions about signing in."""

import asyncio
from dataclasses import replace

import pytest

from account_bench import AccountBench, Client
from api_bench import BEGIN, HOST, Answer
from console_bench import CHEAP
from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from hostward.api.admission import Admission
from hostward.api.authenticator import Caller
from hostward.api.errors import ApiError
from hostward.api.gateway import Gateway
from hostward.api.rate_limit import ProcessRate
from hostward.api.session_authenticator import SessionAuthenticator
from hostward.api.signatures import signatures
from hostward.domain.account import Role, User
from hostward.domain.console_session import IDLE, ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.ids import AccountId
from hostward.store.passwords import Passwords
from hostward.usecases.accounts import sign_in
from hostward.usecases.accounts.browser import COOKIE, digest_of

HOSTWARD = "hostward"


class Bench(AccountBench):
    """A gateway that takes signatures and sessions."""

    def __init__(self) -> None:
        super().__init__()
        api = self.api
        self.passwords = Passwords(CHEAP)
        api.gateway = Gateway(
            authenticators=(*signatures(api.keys), SessionAuthenticator(self.store)), store=self.store, hub=api.hub,
            clock=api.clock, settings=api.settings, passwords=self.passwords,
        )  # fmt: skip
        self.home = self.account()
        self.admin = self.client(self.home)

    def session(self, user: User, name: str = "s1") -> ConsoleSession:
        """A session whose cookie holds "token of NAME" and whose CSRF token is "csrf of NAME"."""
        made = ConsoleSession(
            id=name, user=user, csrf=f"csrf of {name}", created=self.clock.now(), last_used=self.clock.now(),
            source="10.0.0.1", user_agent="Mozilla/5.0",
        )  # fmt: skip
        self.store.write_now(lambda uow: uow.console_sessions.add(digest_of(f"token of {name}"), made))
        return made

    def ask(
        self, action: str, body: bytes = b"{}", *, session: str = "s1", service: str = HOSTWARD, **headers
    ) -> Answer:
        """One call as the console makes it. headers: with _ for -; "" leaves one out."""
        named = {
            "host": HOST, "content-type": "application/json", "cookie": f"{COOKIE}=token of {session}",
            "x-hostward-csrf": f"csrf of {session}", "x-tc-action": action, "x-tc-version": VERSIONS[service],
        }  # fmt: skip
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.api.send(body, {name: value for name, value in named.items() if value})


@pytest.fixture
def bench() -> Bench:
    """An account with an administrator who has a key."""
    return Bench()


@pytest.fixture
def ann(bench: Bench) -> User:
    """An operator with a session."""
    user = bench.user(bench.home, "ann", Role.OPERATOR)
    bench.session(user)
    return user


def put(bench: Bench, user: User) -> None:
    """Store a user as an administrator does."""
    bench.store.write_now(lambda uow: uow.accounts.put_user(user))


@pytest.mark.parametrize(("service", "action"), [("hostward", "ListSchedules"), ("cwp", "DescribeMachines")])
def test_a_session_calls_actions_of_both_services(bench: Bench, ann: User, service: str, action: str) -> None:
    """Without a signature, a timestamp or a service that one is signed for."""
    body = b'{"MachineType": "CVM", "MachineRegion": "all-regions"}' if service == "cwp" else b"{}"
    assert bench.ask(action, body, service=service).code == ""


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"cookie": f"{COOKIE}=unknown"}, "not signed in"),
        ({"cookie": f"{COOKIE}=token of s2"}, "not signed in"),
        ({"x_hostward_csrf": ""}, "X-Hostward-CSRF"),
        ({"x_hostward_csrf": "csrf of s2"}, "X-Hostward-CSRF"),
        ({"x_hostward_csrf": "\u00e9"}, "X-Hostward-CSRF"),
        ({"origin": "https://evil.example"}, "https://evil.example"),
        ({"origin": "null"}, "null"),
    ],
)
def test_what_only_looks_like_a_session_is_refused(bench: Bench, ann: User, headers: dict, words: str) -> None:
    """In the envelope of every other refusal, in both languages."""
    answer = bench.ask("ListSchedules", **headers)
    assert (answer.status, answer.code, words in answer.message) == (200, "AuthFailure.InvalidAuthorization", True)
    chinese = bench.ask("ListSchedules", x_tc_language="zh-CN", **headers)
    assert chinese.message != answer.message


def test_a_page_of_this_server_is_its_own(bench: Bench, ann: User) -> None:
    """What a browser says of the console."""
    assert bench.ask("ListSchedules", origin=f"http://{HOST}").code == ""


def test_without_cookie_and_signature_nobody_is_recognised(bench: Bench, ann: User) -> None:
    """Then a timestamp is asked for, as ever."""
    assert bench.ask("ListSchedules", cookie="", x_tc_timestamp="1").code == "AuthFailure.InvalidAuthorization"
    assert bench.ask("ListSchedules", cookie="a=b").code == "MissingParameter"


def test_a_signature_counts_where_there_is_one(bench: Bench, ann: User) -> None:
    """A cookie beside it changes nothing, and no session rescues a wrong one."""
    extra = {"cookie": f"{COOKIE}=token of s1", "x-hostward-csrf": "csrf of s1"}
    options = {"service": HOSTWARD, "secret_id": bench.admin.secret_id, "extra": extra}
    signed = bench.api.call("ListUsers", {}, secret=bench.admin.secret, **options)
    forged = bench.api.call("ListUsers", {}, secret="wrong", **options)
    assert (signed.code, forged.code) == ("", "AuthFailure.SignatureFailure")


@pytest.mark.parametrize("out", [{"enabled": False}, {"locked": True}])
def test_who_is_kept_out_is_out_with_the_next_request(bench: Bench, ann: User, out: dict) -> None:
    """Nothing is remembered of the request before."""
    assert bench.ask("ListSchedules").code == ""
    put(bench, replace(ann, **out))
    assert bench.ask("ListSchedules").code == "AuthFailure.InvalidAuthorization"


def test_another_role_and_other_tags_count_from_the_next_request_on(bench: Bench, ann: User) -> None:
    """Also for what a limited user sees."""
    assert bench.ask("ListUsers").code == "AuthFailure.UnauthorizedOperation"
    put(bench, replace(ann, role=Role.AUDITOR))
    assert bench.ask("ListUsers").code == ""
    put(bench, replace(ann, role=Role.AUDITOR, tags=("env=prod",)))
    assert bench.ask("ListUsers").code == "AuthFailure.UnauthorizedOperation"


def test_a_session_is_over_when_its_time_has_passed(bench: Bench, ann: User) -> None:
    """And its use is remembered to the minute until then."""
    for seconds in (30, 40):
        bench.clock.turn(seconds)
        assert bench.ask("ListSchedules").code == ""
    (session,) = bench.store.read_now(lambda uow: uow.console_sessions.of_account(bench.home))
    assert (session.last_used - BEGIN).total_seconds() == 70
    bench.clock.turn(IDLE.total_seconds())
    assert bench.ask("ListSchedules").code == "AuthFailure.InvalidAuthorization"


def test_calls_by_session_are_audited_as_such(bench: Bench, ann: User) -> None:
    """With the session's name in the place of a key; refused ones too."""
    put(bench, replace(ann, role=Role.ADMINISTRATOR))
    bench.ask("LockUser", b'{"UserName": "nobody"}')
    bench.ask("CreateUser", b'{"UserName": "bob", "Role": "auditor"}')
    deeds = [entry.deed for entry in bench.entries(bench.home)]
    assert [(one.action, one.secret_id, one.outcome) for one in deeds] == [
        ("LockUser", "session:s1", "InvalidParameterValue"),
        ("CreateUser", "session:s1", ""),
    ]


def test_a_session_makes_no_temporary_key(bench: Bench, ann: User) -> None:
    """Those end with the key that made them, and here there is none."""
    assert bench.ask("CreateTemporaryToken").code == "UnsupportedOperation"


def test_a_link_for_oneself_is_everybodys(bench: Bench, ann: User) -> None:
    """It signs in once; one for another takes the right to change users."""
    made = bench.ask("CreateLoginLink", b'{"UserName": "ann"}').response
    assert (made["Path"][:9], made["ExpireTime"]) == ("/login#t=", "2026-11-24 12:10:00")
    browser = sign_in.Browser(source="", user_agent="", id="new", token="t", csrf="c")
    token = made["Path"].removeprefix("/login#t=")
    session = bench.store.write_now(
        lambda uow: sign_in.by_link(uow, token=token, browser=browser, now=bench.clock.now())
    )
    assert (session.user, session.must_set_password) == (ann, True)
    assert bench.ask("CreateLoginLink", b'{"UserName": "admin"}').code == "AuthFailure.UnauthorizedOperation"
    assert bench.admin("CreateLoginLink", {"UserName": "ann"}).code == ""
    assert bench.admin("CreateLoginLink", {"UserName": "nobody"}).code == "InvalidParameterValue"
    assert token not in str(bench.entries(bench.home))


def test_a_temporary_key_makes_no_link(bench: Bench) -> None:
    """A session would outlive it, with rights that it has not."""
    made = bench.admin.ok("CreateTemporaryToken", {"Role": "auditor"})
    temporary = Client(bench, made["TmpSecretId"], made["TmpSecretKey"], made["Token"])
    assert temporary("CreateLoginLink", {"UserName": "admin"}).code == "AuthFailure.UnauthorizedOperation"


def test_a_limited_administrator_makes_links_for_nobody_else(bench: Bench) -> None:
    """Else their limit could be left by way of somebody without one."""
    limited = bench.client(bench.home, "lim", Role.ADMINISTRATOR, ("env=prod",))
    assert limited("CreateLoginLink", {"UserName": "admin"}).code == "AuthFailure.UnauthorizedOperation"
    assert limited("CreateLoginLink", {"UserName": "lim"}).code == ""


def test_a_password_is_set_by_an_administrator(bench: Bench, ann: User) -> None:
    """It is stored as a hash, ends the user's sessions, and is in no log."""
    weak = bench.admin("SetUserPassword", {"UserName": "ann", "Password": "short"})
    assert (weak.code, "12 to 1024" in weak.message) == ("InvalidParameterValue", True)
    assert bench.ask("SetUserPassword", b'{"UserName": "ann", "Password": "x"}').code == (
        "AuthFailure.UnauthorizedOperation"
    )
    bench.admin.ok("SetUserPassword", {"UserName": "ann", "Password": "correct horse battery"})
    stored = bench.store.read_now(lambda uow: uow.credentials.of(ann.id)).password
    assert asyncio.run(bench.passwords.matches(stored, "correct horse battery"))
    assert bench.ask("ListSchedules").code == "AuthFailure.InvalidAuthorization"
    assert "correct horse" not in str(bench.entries(bench.home))


def test_a_gateway_without_a_hasher_sets_no_password(bench: Bench) -> None:
    """It says so."""
    plain = AccountBench()
    client = plain.client(plain.account())
    answer = client("SetUserPassword", {"UserName": "admin", "Password": "correct horse battery"})
    assert answer.code == "UnsupportedOperation"


def test_codes_are_reset_by_an_administrator(bench: Bench, ann: User) -> None:
    """The password stays, the recovery codes go."""
    full = Credential(password="hash", totp=b"secret", totp_on=True, totp_step=3)

    def prepare(uow) -> None:
        uow.credentials.put(ann, full)
        uow.credentials.put_recovery(ann, [b"one"])

    bench.store.write_now(prepare)
    assert bench.ask("ResetTotp", b'{"UserName": "ann"}').code == "AuthFailure.UnauthorizedOperation"
    bench.admin.ok("ResetTotp", {"UserName": "ann"})
    assert bench.store.read_now(lambda uow: uow.credentials.of(ann.id)) == Credential(password="hash")
    assert bench.store.write_now(lambda uow: uow.credentials.take_recovery(ann.id, b"one")) is False


def test_everybody_lists_their_own_sessions_and_some_those_of_all(bench: Bench, ann: User) -> None:
    """The one that asks is marked; those that are over are not among them."""
    bench.clock.turn(60)
    bench.session(bench.user(bench.home, "bob", Role.AUDITOR), "s2")
    bench.session(bench.user(bench.account("other"), "eve", Role.AUDITOR), "s3")
    own = bench.ask("ListSessions").response
    assert (own["TotalCount"], own["Sessions"]) == (
        1,
        [
            {
                "SessionId": "s1", "UserName": "ann", "Source": "10.0.0.1", "UserAgent": "Mozilla/5.0",
                "CreatedTime": "2026-11-24 12:00:00", "LastUsedTime": "2026-11-24 12:01:00",
                "ExpireTime": "2026-11-25 00:01:00", "Current": True,
            }
        ],
    )  # fmt: skip
    assert bench.ask("ListSessions", b'{"UserName": "bob"}').code == "InvalidParameterValue"
    every = bench.ask("ListSessions", session="s2").response["Sessions"]
    assert [(one["SessionId"], one["Current"]) for one in every] == [("s2", True), ("s1", False)]
    page = bench.admin.ok("ListSessions", {"Limit": 1, "Offset": 1})
    assert (page["TotalCount"], [one["SessionId"] for one in page["Sessions"]]) == (2, ["s1"])
    assert bench.admin.ok("ListSessions", {"UserName": "ann"})["TotalCount"] == 1
    assert bench.admin("ListSessions", {"Limit": 101}).code == "InvalidParameterValue"
    bench.clock.turn(IDLE.total_seconds() + 60)
    assert bench.admin.ok("ListSessions")["TotalCount"] == 0


def test_sessions_are_ended_by_their_user_and_by_administrators(bench: Bench, ann: User) -> None:
    """What is not theirs to end does not exist for others; an ended one is dead at once."""
    bench.session(ann, "s2")
    bench.session(bench.user(bench.home, "bob", Role.AUDITOR), "s3")
    strange, unknown = (bench.ask("EndSession", f'{{"SessionId": "{one}"}}'.encode()) for one in ("s3", "s9"))
    assert (strange.code, unknown.code) == ("InvalidParameterValue", "InvalidParameterValue")
    assert strange.message.replace("s3", "") == unknown.message.replace("s9", "")
    assert bench.ask("EndSession", b'{"SessionId": "s2"}').code == ""
    assert bench.ask("ListSchedules", session="s2").code == "AuthFailure.InvalidAuthorization"
    bench.admin.ok("EndSession", {"SessionId": "s1"})
    assert bench.ask("ListSchedules").code == "AuthFailure.InvalidAuthorization"
    assert [entry.deed.target for entry in bench.entries(bench.home) if not entry.deed.outcome] == [
        "SessionId s2", "SessionId s1",
    ]  # fmt: skip


def test_a_use_that_can_not_be_written_keeps_nobody_out(
    bench: Bench, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is what somebody wants to look at."""
    bench.clock.turn(90)

    async def full(_work) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(bench.store, "write", full)
    assert bench.ask("ListSchedules").code == ""


def test_an_account_s_sessions_are_its_own(bench: Bench, ann: User) -> None:
    """An administrator of another account can neither see nor end them."""
    other: AccountId = bench.account("other")
    stranger = bench.client(other, "eve")
    assert stranger.ok("ListSessions")["TotalCount"] == 0
    assert stranger("EndSession", {"SessionId": "s1"}).code == "InvalidParameterValue"


def test_people_in_the_console_never_use_up_the_rate_of_their_keys(bench: Bench, ann: User) -> None:
    """Nor the other way round."""
    admission, action = Admission(ProcessRate(1)), next(one for one in ACTIONS if one.name == "ListSchedules")
    callers = (Caller(user=ann, service="", session="s1"), Caller(user=ann, service=HOSTWARD, secret_id="AKID1"))
    for caller in callers:
        asyncio.run(admission.admit(caller, action, 0.0))
    for caller in callers:
        with pytest.raises(ApiError):
            asyncio.run(admission.admit(caller, action, 0.0))


def test_who_must_set_a_password_calls_nothing_before(bench: Bench) -> None:
    """A login link opens the page that sets one, not the API: not even what any user may read."""
    user = bench.user(bench.home, "bob", Role.OPERATOR)
    session = bench.session(user)
    bench.store.write_now(lambda uow: uow.console_sessions.end(session.id))
    must = replace(session, must_set_password=True)
    bench.store.write_now(lambda uow: uow.console_sessions.add(digest_of("token of s1"), must))
    refused = bench.ask("ListSchedules")
    assert (refused.code, "set a password first" in refused.message) == ("AuthFailure.UnauthorizedOperation", True)
    assert bench.ask("DescribeMachineRegions", service="cwp").code == "AuthFailure.UnauthorizedOperation"
    bench.store.write_now(lambda uow: uow.console_sessions.password_set(must.id))
    assert bench.ask("ListSchedules").code == ""
