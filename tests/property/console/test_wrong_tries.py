"""However often and in whatever order somebody tries: who has not all of it does not get in."""

import base64
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console_bench import PASSWORD, ConsoleBench

RIGHT, OTHER = PASSWORD, "the password of bob"
SECRET_STEPS = st.integers(-6, 6).filter(lambda step: abs(step) > 1)

password_tries = st.tuples(
    st.just("password"),
    st.sampled_from(["ann", "bob", "eve", "ANN", "", "ann ", "nobody"]),
    st.one_of(st.sampled_from([OTHER, "", RIGHT[:-1], RIGHT + "x", RIGHT.upper()]), st.text(max_size=20)),
    st.one_of(st.none(), st.text(max_size=8)),
)
code_tries = st.tuples(
    st.just("code"), st.one_of(SECRET_STEPS, st.text(alphabet="0123456789abcdef-", max_size=19), st.none())
)
links = st.tuples(st.just("link"), st.one_of(st.text(max_size=50), st.sampled_from(["used", "over"])))
pauses = st.tuples(st.just("pause"), st.floats(0, 2_000))


def guarded() -> tuple[ConsoleBench, bytes]:
    """Ann has a password and codes; bob has none; eve is locked; one link was used, another is over."""
    bench = ConsoleBench()
    bench.user("ann")
    bob = bench.user("bob", password="")
    bench.user("eve", password=OTHER)
    browser = bench.signed_in()
    secret = base64.b32decode((browser.ask("POST", "/console/totp", {}).body or {})["secret"])
    assert browser.ask("PUT", "/console/totp", {"code": bench.code(secret)}).status == 200
    bench.link(bob, "over")
    bench.clock.turn(601)
    bench.link(bob, "used")
    assert bench.browser().ask("POST", "/console/session/link", {"token": "used"}).status == 200
    bench.store.write_now(
        lambda uow: uow.accounts.put_user(replace(uow.accounts.user(bench.account, "eve"), locked=True))
    )
    return bench, secret


def attempt(bench: ConsoleBench, secret: bytes, step: tuple) -> int:
    """One try from an address of its own, so that not the throttle alone keeps it out; its HTTP status."""
    browser = bench.browser(source=f"10.{len(bench.deeds()) % 250}.1.1")
    match step:
        case ("password", user, password, code):
            return browser.sign_in(user, password, code).status
        case ("code", int() as steps):
            return browser.sign_in("ann", RIGHT, bench.code(secret, steps)).status
        case ("code", code):
            return browser.sign_in("ann", RIGHT, code).status
        case ("link", token):
            return browser.ask("POST", "/console/session/link", {"token": token}).status
        case _:
            bench.clock.turn(step[1])
            return 0


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(st.lists(st.one_of(password_tries, code_tries, links, pauses), max_size=12), st.booleans())
def test_no_sequence_of_wrong_tries_signs_in(steps: list[tuple], restarts: bool) -> None:
    """Right password with wrong codes, codes too early or too late, used links, pauses and restarts between them."""
    bench, secret = guarded()
    bench.clock.turn(3_700)
    before = len(bench.store.read_now(lambda uow: uow.console_sessions.of_account(bench.account)))
    guesses = {bench.code(secret, step) for step in (-1, 0, 1)}
    for step in steps:
        if step[-1] in guesses:
            continue
        if restarts:
            bench.app = bench.doors()
        assert attempt(bench, secret, step) in (0, 401, 429), step
        guesses = {bench.code(secret, step) for step in (-1, 0, 1)}
    after = bench.store.read_now(lambda uow: uow.console_sessions.of_account(bench.account))
    assert len(after) == before
