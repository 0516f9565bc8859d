"""Signing in to the console and out again."""

import base64
from dataclasses import replace

import pytest

from console_bench import PASSWORD, Browser, ConsoleBench, Reply
from hostward.domain.account import Role
from hostward.domain.console_session import IDLE, LONGEST, MOST_SESSIONS
from hostward.usecases.accounts.throttle import LIMITS


@pytest.fixture
def bench() -> ConsoleBench:
    """An account with the operator ann."""
    made = ConsoleBench()
    made.user()
    return made


def change(bench: ConsoleBench, name: str = "ann", **members: object) -> None:
    """Change a user as an administrator does."""

    def work(uow) -> None:
        uow.accounts.put_user(replace(uow.accounts.user(bench.account, name), **members))

    bench.store.write_now(work)


def test_user_and_password_make_a_session(bench: ConsoleBench) -> None:
    """With all that the console shows of its user and the server."""
    reply = bench.browser().sign_in()
    body = dict(reply.body or {})
    csrf, permissions = body.pop("csrf"), body.pop("permissions")
    assert (reply.status, len(csrf) > 40) == (200, True)
    assert body == {
        "user": "ann", "role": "operator", "tags": [], "account": bench.account, "expires": "2026-11-25T00:00:00Z",
        "must_set_password": False, "totp": False, "version": "9.9.9", "endpoint": "127.0.0.1:8420", "tls": False,
        "time_zone": "UTC", "rate": 20,
    }  # fmt: skip
    assert ("scan:start" in permissions, "user:write" in permissions) == (True, False)


@pytest.mark.parametrize(
    ("scheme", "headers", "secure"),
    [("http", {}, False), ("https", {}, True), ("http", {"x_forwarded_proto": "https"}, True)],
)
def test_the_cookie_is_for_this_server_s_pages_alone(
    bench: ConsoleBench, scheme: str, headers: dict, secure: bool
) -> None:
    """No script reads it, no other site sends it, and where there is TLS no plain connection carries it."""
    body = {"user": "ann", "password": PASSWORD}
    reply = bench.browser(scheme=scheme).ask("POST", "/console/session", body, **headers)
    value, *flags = reply.header("set-cookie").split("; ")
    assert value.startswith("hostward_session=")
    assert len(value) > 50
    assert set(flags) == {"Path=/", "HttpOnly", "SameSite=Strict"} | ({"Secure"} if secure else set())
    assert (reply.header("cache-control"), (reply.body or {})["tls"]) == ("no-store", secure)


@pytest.mark.parametrize(
    ("user", "password"),
    [("ann", "wrong"), ("ann", ""), ("nobody", PASSWORD), ("", PASSWORD), ("ANN", PASSWORD), ("ann", PASSWORD + " ")],
)
def test_what_is_wrong_is_not_said(bench: ConsoleBench, user: str, password: str) -> None:
    """An unknown user and a wrong password get the same answer, to the letter."""
    browser = bench.browser()
    reply = browser.sign_in(user, password)
    assert (reply.status, browser.cookie) == (401, "")
    assert reply.body == {"error": {"code": "WrongCredentials", "message": "user, password or code is wrong"}}


def test_a_user_without_a_password_can_not_sign_in_by_one(bench: ConsoleBench) -> None:
    """Not by an empty one either."""
    bench.user("bob", password="")
    assert [bench.browser().sign_in("bob", one).code for one in ("", PASSWORD)] == ["WrongCredentials"] * 2


@pytest.mark.parametrize("out", [{"enabled": False}, {"locked": True}])
def test_who_is_kept_out_is_told_no_more_than_others(bench: ConsoleBench, out: dict) -> None:
    """And a session that was there is dead at once."""
    browser = bench.signed_in()
    change(bench, **out)
    assert browser.ask("GET", "/console/session").status == 204
    assert bench.browser().sign_in().code == "WrongCredentials"


def test_a_session_is_shown_to_the_browser_that_has_it(bench: ConsoleBench) -> None:
    """The same as when it began; without the cookie, or with another, there is none."""
    browser = bench.signed_in()
    again = browser.ask("GET", "/console/session")
    assert (again.status, (again.body or {})["csrf"]) == (200, browser.csrf)
    strangers = [bench.browser(), bench.browser(cookie="x" * 43), bench.browser(cookie=browser.cookie[:-1])]
    assert [one.ask("GET", "/console/session").status for one in strangers] == [204] * 3


def test_a_change_of_role_and_tags_shows_in_the_next_request(bench: ConsoleBench) -> None:
    """Nobody has to sign in again for it."""
    browser = bench.signed_in()
    change(bench, role=Role.AUDITOR, tags=("env=prod",))
    body = browser.ask("GET", "/console/session").body or {}
    assert (body["role"], body["tags"], "scan:start" in body["permissions"]) == ("auditor", ["env=prod"], False)


def test_signing_out_ends_the_session_and_takes_the_cookie(bench: ConsoleBench) -> None:
    """A copy of the cookie is worth nothing afterwards; signing out twice is no mistake."""
    browser = bench.signed_in()
    copy = bench.browser(cookie=browser.cookie)
    reply = browser.ask("DELETE", "/console/session")
    assert (reply.status, browser.cookie) == (204, "")
    assert "Max-Age=0" in reply.header("set-cookie")
    assert copy.ask("GET", "/console/session").status == 204
    assert browser.ask("DELETE", "/console/session").status == 204


def test_a_session_is_over_when_it_is_idle_or_old(bench: ConsoleBench) -> None:
    """12 hours without a request, 7 days in any case."""
    browser = bench.signed_in()
    bench.clock.turn(IDLE.total_seconds() - 1)
    assert browser.ask("GET", "/console/session").status == 200
    bench.clock.turn(IDLE.total_seconds())
    assert browser.ask("GET", "/console/session").status == 204
    browser.sign_in()
    for _ in range(int(LONGEST / IDLE) * 2 - 1):
        bench.clock.turn(IDLE.total_seconds() / 2)
        assert browser.ask("GET", "/console/session").status == 200
    bench.clock.turn(IDLE.total_seconds() / 2)
    assert browser.ask("GET", "/console/session").status == 204


def test_signing_in_renews_the_session(bench: ConsoleBench) -> None:
    """Whatever cookie a browser was given before, and the old session is gone."""
    browser = bench.signed_in()
    before = browser.cookie
    planted = bench.browser(cookie="planted-by-somebody")
    for one in (browser, planted):
        assert one.sign_in().status == 200
    assert len({before, browser.cookie, planted.cookie, "planted-by-somebody"}) == 4
    assert bench.browser(cookie=before).ask("GET", "/console/session").status == 204


def test_a_user_has_so_many_sessions_and_one_more_ends_the_oldest(bench: ConsoleBench) -> None:
    """Nobody fills the table."""
    first = bench.signed_in()
    for _ in range(MOST_SESSIONS):
        bench.clock.turn(1)
        bench.signed_in()
    sessions = bench.store.read_now(lambda uow: uow.console_sessions.of_account(bench.account))
    assert (len(sessions), first.ask("GET", "/console/session").status) == (MOST_SESSIONS, 204)


def test_a_link_signs_in_once_and_asks_for_a_password(bench: ConsoleBench) -> None:
    """Whoever finds it in a history comes too late."""
    token = bench.link(bench.user("bob", password=""))
    browser = bench.browser()
    reply = browser.ask("POST", "/console/session/link", {"token": token})
    assert (reply.status, (reply.body or {})["user"], (reply.body or {})["must_set_password"]) == (200, "bob", True)
    assert bench.browser().ask("POST", "/console/session/link", {"token": token}).code == "LinkOver"
    assert browser.ask("PUT", "/console/password", {"current": "", "password": "another good one"}).status == 200
    assert (browser.ask("GET", "/console/session").body or {})["must_set_password"] is False
    assert bench.browser().sign_in("bob", "another good one").status == 200


def test_a_link_is_over_after_ten_minutes(bench: ConsoleBench) -> None:
    """And one that nobody made never began."""
    user = bench.user("bob", password="")
    token = bench.link(user)
    bench.clock.turn(600)
    over = [bench.browser().ask("POST", "/console/session/link", {"token": one}).code for one in (token, "made up", "")]
    assert over == ["LinkOver"] * 3


def test_a_link_of_somebody_who_is_kept_out_does_not_sign_in(bench: ConsoleBench) -> None:
    """Locked after it was made."""
    token = bench.link(bench.user("bob", password=""))
    change(bench, "bob", locked=True)
    assert bench.browser().ask("POST", "/console/session/link", {"token": token}).code == "LinkOver"


def test_a_changed_password_ends_the_other_sessions(bench: ConsoleBench) -> None:
    """Whoever knew the old one is out; the session that changed it stays."""
    browser, other = bench.signed_in(), bench.signed_in()
    link = bench.link(bench.store.read_now(lambda uow: uow.accounts.user(bench.account, "ann")))
    reply = browser.ask("PUT", "/console/password", {"current": PASSWORD, "password": "another good one"})
    assert (reply.status, (reply.body or {})["user"]) == (200, "ann")
    assert browser.ask("GET", "/console/session").status == 200
    assert other.ask("GET", "/console/session").status == 204
    assert bench.browser().ask("POST", "/console/session/link", {"token": link}).code == "LinkOver"
    assert [bench.browser().sign_in("ann", one).status for one in (PASSWORD, "another good one")] == [401, 200]


def test_a_password_is_changed_by_who_knows_it(bench: ConsoleBench) -> None:
    """An open browser is not enough, and a weak one is refused with the rule."""
    browser = bench.signed_in()

    def ask(**members: str) -> Reply:
        return browser.ask("PUT", "/console/password", members)

    assert ask(current="wrong", password="another good one").code == "WrongCredentials"
    assert ask(password="another good one").code == "WrongCredentials"
    weak = ask(current=PASSWORD, password="password1234")
    assert (weak.status, weak.code, "12 to 1024 characters" in str(weak.body)) == (400, "WeakPassword", True)


def test_guessing_the_password_in_an_open_browser_is_throttled(bench: ConsoleBench) -> None:
    """Here as at the door."""
    browser = bench.signed_in()
    codes = [
        browser.ask("PUT", "/console/password", {"current": f"guess {n}", "password": "another good one"}).code
        for n in range(LIMITS["user"].free + 1)
    ]
    assert codes == ["WrongCredentials"] * LIMITS["user"].free + ["TooManyTries"]


def with_codes(bench: ConsoleBench, browser: Browser) -> tuple[bytes, list[str]]:
    """Turn one-time codes on: the secret and the recovery codes."""
    drawn = browser.ask("POST", "/console/totp", {}).body or {}
    secret = base64.b32decode(drawn["secret"])
    assert drawn["uri"].startswith("otpauth://totp/Hostward:ann?secret=")
    turned = browser.ask("PUT", "/console/totp", {"code": bench.code(secret)})
    assert turned.status == 200, turned
    return secret, (turned.body or {})["recovery_codes"]


def test_codes_count_once_one_was_given(bench: ConsoleBench) -> None:
    """A secret alone, or with a wrong code, locks nobody out."""
    browser = bench.signed_in()
    assert browser.ask("PUT", "/console/totp", {"code": "123456"}).code == "NoSecret"
    secret = base64.b32decode((browser.ask("POST", "/console/totp", {}).body or {})["secret"])
    assert browser.ask("PUT", "/console/totp", {"code": bench.code(secret, 5)}).code == "WrongCode"
    assert bench.browser().sign_in().status == 200


def test_with_codes_on_a_password_is_not_enough(bench: ConsoleBench) -> None:
    """Right password, no code: it is asked for. Wrong password: as ever, so that nobody learns that it is right."""
    secret, codes = with_codes(bench, bench.signed_in())
    assert len(set(codes)) == 10
    bench.clock.turn(60)
    new = bench.browser
    assert new().sign_in().code == "CodeNeeded"
    assert new().sign_in(code="").code == "CodeNeeded"
    assert new().sign_in(password="wrong", code=bench.code(secret)).code == "WrongCredentials"
    assert new().sign_in(code="000000").code == "WrongCredentials"
    reply = new().sign_in(code=bench.code(secret))
    assert (reply.status, (reply.body or {})["totp"]) == (200, True)


def test_a_code_signs_in_once(bench: ConsoleBench) -> None:
    """The one that turned codes on neither; spaces make no difference."""
    secret, _ = with_codes(bench, bench.signed_in())
    assert bench.browser().sign_in(code=bench.code(secret)).code == "WrongCredentials"
    bench.clock.turn(30)
    code = bench.code(secret)
    assert bench.browser().sign_in(code=f"{code[:3]} {code[3:]}").status == 200
    assert bench.browser().sign_in(code=code).code == "WrongCredentials"


def test_a_recovery_code_signs_in_once(bench: ConsoleBench) -> None:
    """Each of them, in capitals too."""
    _, codes = with_codes(bench, bench.signed_in())
    statuses = [bench.browser().sign_in(code=one).status for one in (codes[0].upper(), codes[0], codes[1])]
    assert statuses == [200, 401, 200]


def test_codes_are_turned_off_by_the_password(bench: ConsoleBench) -> None:
    """And the recovery codes go with them."""
    browser = bench.signed_in()
    _, codes = with_codes(bench, browser)
    assert browser.ask("POST", "/console/totp", {}).code == "TotpIsOn"
    assert browser.ask("DELETE", "/console/totp", {"password": "wrong"}).code == "WrongCredentials"
    assert browser.ask("DELETE", "/console/totp", {"password": PASSWORD}).status == 204
    assert bench.browser().sign_in().status == 200
    assert (browser.ask("GET", "/console/session").body or {})["totp"] is False
    taken = bench.store.write_now(lambda uow: uow.credentials.take_recovery(1, codes[2].encode()))
    assert taken is False


def test_guessing_is_throttled_and_says_how_long(bench: ConsoleBench) -> None:
    """Then not even the right password is heard, until the time has passed."""
    for _ in range(LIMITS["user"].free):
        assert bench.browser().sign_in(password="wrong").status == 401
    reply = bench.browser(source="10.9.9.9").sign_in()
    assert (reply.status, reply.code) == (429, "TooManyTries")
    wait = (reply.body or {})["error"]["retry_after"]
    assert (wait >= 1, reply.header("retry-after")) == (True, str(wait))
    bench.clock.turn(wait)
    assert bench.browser().sign_in().status == 200


def test_guessing_codes_is_throttled_however_often_the_password_is_right(bench: ConsoleBench) -> None:
    """A right password without a code between guesses makes them no cheaper."""
    with_codes(bench, bench.signed_in())
    codes = []
    for number in range(LIMITS["user"].free + 1):
        codes.append(bench.browser().sign_in(code=f"{number:06}").code)
        bench.browser().sign_in()
    assert codes[-1] == "TooManyTries"


def test_wrong_links_are_throttled_by_their_source(bench: ConsoleBench) -> None:
    """Those of others are not."""
    codes = [
        bench.browser().ask("POST", "/console/session/link", {"token": f"guess {n}"}).code
        for n in range(LIMITS["source"].free + 1)
    ]
    assert codes[-2:] == ["LinkOver", "TooManyTries"]
    token = bench.link(bench.user("bob", password=""))
    assert bench.browser(source="10.0.0.2").ask("POST", "/console/session/link", {"token": token}).status == 200


def test_what_happens_at_the_door_is_in_the_audit_log(bench: ConsoleBench) -> None:
    """Who, from where, by which session, and how it ended; never what was typed."""
    bench.browser().sign_in(password="wrong-password")
    bench.browser().sign_in("a-password-by-mistake", "x")
    browser = bench.signed_in()
    secret, _ = with_codes(bench, browser)
    browser.ask("DELETE", "/console/totp", {"password": PASSWORD})
    browser.ask("PUT", "/console/password", {"current": PASSWORD, "password": "another good one"})
    browser.ask("DELETE", "/console/session")
    deeds = bench.deeds()
    assert [(one.action, one.user_name, one.outcome) for one in deeds] == [
        ("SignIn", "ann", "WrongCredentials"),
        ("SignIn", "", "WrongCredentials"),
        ("SignIn", "ann", ""),
        ("TurnOnTotp", "ann", ""),
        ("TurnOffTotp", "ann", ""),
        ("ChangePassword", "ann", ""),
        ("SignOut", "ann", ""),
    ]
    assert {one.secret_id[:8] for one in deeds[2:]} == {"session:"}
    assert {(one.service, one.source) for one in deeds} == {("console", "10.0.0.1")}
    text = str(deeds)
    assert [
        one for one in (PASSWORD, "wrong-password", "by-mistake", "another good", secret.hex()) if one in text
    ] == []


def test_a_flood_of_failures_leaves_few_entries(bench: ConsoleBench) -> None:
    """The disk is not the attacker's to fill."""
    for number in range(60):
        bench.browser(source=f"10.1.{number}.1").sign_in(f"user{number}", "x")
    assert len(bench.deeds()) == 30


def link_of_ann(bench: ConsoleBench) -> str:
    """The token of a login link for ann."""
    return bench.link(bench.store.read_now(lambda uow: uow.accounts.user(bench.account, "ann")))


def test_a_link_of_somebody_with_codes_asks_for_one(bench: ConsoleBench) -> None:
    """It stands for the password alone; asked for a code or given a wrong one, it is as good as before."""
    secret, codes = with_codes(bench, bench.signed_in())
    bench.clock.turn(60)
    token = link_of_ann(bench)

    def ask(**more: str) -> Reply:
        return bench.browser().ask("POST", "/console/session/link", {"token": token, **more})

    assert [ask().code, ask(code=" ").code, ask(code="000000").code] == ["CodeNeeded", "CodeNeeded", "WrongCredentials"]
    assert (ask(code=bench.code(secret)).status, ask(code=codes[0]).code) == (200, "LinkOver")
    outcomes = [one.outcome for one in bench.deeds() if one.action == "SignInByLink"]
    assert sorted(outcomes) == ["", "LinkOver", "WrongCredentials"]


def test_codes_beside_a_link_can_t_be_guessed(bench: ConsoleBench) -> None:
    """Tries with one link are counted together, wherever they come from."""
    with_codes(bench, bench.signed_in())
    token = link_of_ann(bench)
    codes = [
        bench.browser(source=f"10.0.1.{number}")
        .ask("POST", "/console/session/link", {"token": token, "code": f"{number:06}"})
        .code
        for number in range(LIMITS["user"].free + 1)
    ]
    assert codes == ["WrongCredentials"] * LIMITS["user"].free + ["TooManyTries"]
    assert bench.browser().ask("POST", "/console/session/link", {"token": "another"}).code == "LinkOver"


def test_who_must_set_a_password_does_that_first(bench: ConsoleBench) -> None:
    """One-time codes come later; seeing oneself and leaving do not."""
    browser = bench.browser()
    assert browser.ask("POST", "/console/session/link", {"token": link_of_ann(bench)}).status == 200
    tries = [("POST", {}), ("PUT", {"code": "123456"}), ("DELETE", {"password": PASSWORD})]
    assert [browser.ask(method, "/console/totp", body).code for method, body in tries] == ["PasswordNeeded"] * 3
    assert browser.ask("GET", "/console/session").status == 200
    assert browser.ask("DELETE", "/console/session").status == 204
