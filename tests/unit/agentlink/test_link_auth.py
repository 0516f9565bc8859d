"""Challenges, signatures, sessions and codes, without a server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hostward.agentlink import auth
from hostward.agentlink.auth import Busy, Challenges, Claim, Nonces, SessionCache, Speaker, check_signature
from hostward.domain.account import AgentSession
from hostward.domain.errors import AgentRefused
from hostward.protocol.hello import Facts, SessionProof, mac, proof_bytes
from small_fleet import new_fleet

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SALT = b"12345678"
FACTS = Facts(host_name="h", agent_version="0.1.0")


def session(**changes: object) -> AgentSession:
    """An open session."""
    values = {"id": "s1", "machine": 1, "instance": "i", "secret": b"secret", "expires": NOW + timedelta(hours=1)}
    return AgentSession(**{**values, **changes})  # type: ignore[arg-type]  # a test's own values


def headers(body: bytes = b"{}", *, time: str = "", nonce: str = "n1", path: str = "/p", secret: bytes = b"secret"):
    """Headers of a message that is authenticated well."""
    time = time or f"{NOW.timestamp():.3f}"
    code = mac(secret, method="POST", path=path, time=time, nonce=nonce, body=body)
    return {
        "x-hostward-session": "s1", "x-hostward-time": time, "x-hostward-nonce": nonce, "x-hostward-mac": code
    }  # fmt: skip


def proof(key: Ed25519PrivateKey, *, uuid: str = "u", signed_uuid: str = "u") -> SessionProof:
    """A proof that the key is there."""
    return SessionProof(
        uuid=uuid, challenge=b"c", signature=key.sign(proof_bytes(signed_uuid, b"c")), protocol=1, boot="b",
        instance="i", facts=FACTS,
    )  # fmt: skip


def test_a_challenge_is_good_for_a_minute() -> None:
    """32 bytes, checked without being remembered."""
    challenges = Challenges(b"k")
    challenge = challenges.make("u", NOW, SALT)
    assert len(challenge) == 32
    challenges.check("u", challenge, NOW + timedelta(seconds=60))
    with pytest.raises(AgentRefused, match="older"):
        challenges.check("u", challenge, NOW + timedelta(seconds=61))


def test_a_challenge_is_good_for_one_agent() -> None:
    """Another can't use it."""
    challenges = Challenges(b"k")
    with pytest.raises(AgentRefused, match="none of this server's"):
        challenges.check("v", challenges.make("u", NOW, SALT), NOW)


def test_a_challenge_of_another_server_is_refused() -> None:
    """Its key is another."""
    with pytest.raises(AgentRefused):
        Challenges(b"k").check("u", Challenges(b"l").make("u", NOW, SALT), NOW)


@given(st.binary(max_size=64))
def test_invented_challenges_are_refused(challenge: bytes) -> None:
    """Of whatever length."""
    with pytest.raises(AgentRefused):
        Challenges(b"k").check("u", challenge, NOW)


@given(st.integers(0, 31), st.integers(1, 255))
def test_a_challenge_that_was_changed_is_refused(place: int, change: int) -> None:
    """In any byte, its age included."""
    challenge = bytearray(Challenges(b"k").make("u", NOW, SALT))
    challenge[place] ^= change
    with pytest.raises(AgentRefused):
        Challenges(b"k").check("u", bytes(challenge), NOW)


def test_a_challenge_from_the_future_is_refused() -> None:
    """The server's clock was set back: another is asked for."""
    challenges = Challenges(b"k")
    with pytest.raises(AgentRefused):
        challenges.check("u", challenges.make("u", NOW, SALT), NOW - timedelta(seconds=5))


def test_a_signature_of_the_agents_key_is_accepted() -> None:
    """It covers the name and the challenge."""
    key = Ed25519PrivateKey.generate()
    own, other = (each.public_key().public_bytes_raw() for each in (key, Ed25519PrivateKey.generate()))
    assert (check_signature(proof(key), own), check_signature(proof(key), other, own)) == (own, own)


def test_a_signature_of_another_key_is_refused() -> None:
    """A client can't speak as another."""
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(AgentRefused, match="signature"):
        check_signature(proof(Ed25519PrivateKey.generate()), other)


def test_a_signature_for_another_name_is_refused() -> None:
    """The name is part of what is signed."""
    key = Ed25519PrivateKey.generate()
    with pytest.raises(AgentRefused):
        check_signature(proof(key, signed_uuid="v"), key.public_key().public_bytes_raw())


def test_a_stored_key_that_is_none_is_a_refusal() -> None:
    """Not a server error."""
    with pytest.raises(AgentRefused):
        check_signature(proof(Ed25519PrivateKey.generate()), b"short")


def test_a_message_with_its_code_is_accepted() -> None:
    """Method, path, time, nonce and body fit."""
    speaker = Speaker(session())
    assert speaker.check(path="/p", headers=Claim(headers()), body=b"{}", now=NOW) is None


@pytest.mark.parametrize(
    "tampered",
    [
        {"body": b"{ }"},
        {"path": "/q"},
        {"claim": {**headers(), "x-hostward-time": "1.000"}},
        {"claim": headers(secret=b"other")},
        {"claim": {**headers(), "x-hostward-nonce": "n2"}},
        {"claim": {**headers(), "x-hostward-time": f"{NOW.timestamp() + 1:.3f}"}},
        {"claim": {**headers(), "x-hostward-mac": headers()["x-hostward-mac"].upper()}},
        {"claim": {**headers(), "x-hostward-mac": "\xe9"}},
    ],
)
def test_a_message_that_was_tampered_with_is_refused(tampered: dict) -> None:
    """Whatever of it was changed."""
    values = {"body": b"{}", "path": "/p", "claim": headers(), **tampered}
    with pytest.raises(AgentRefused, match="code"):
        Speaker(session()).check(path=values["path"], headers=Claim(values["claim"]), body=values["body"], now=NOW)


def test_a_message_that_comes_twice_is_refused_the_second_time() -> None:
    """A replay."""
    speaker = Speaker(session())
    speaker.check(path="/p", headers=Claim(headers()), body=b"{}", now=NOW)
    with pytest.raises(AgentRefused, match="came before"):
        speaker.check(path="/p", headers=Claim(headers()), body=b"{}", now=NOW)


def test_a_message_that_is_not_authentic_uses_up_no_nonce() -> None:
    """An attacker can't fill the memory, nor block a nonce."""
    speaker = Speaker(session())
    with pytest.raises(AgentRefused):
        speaker.check(path="/p", headers=Claim(headers(secret=b"x")), body=b"{}", now=NOW)
    assert speaker.check(path="/p", headers=Claim(headers()), body=b"{}", now=NOW) is None


@given(st.lists(st.tuples(st.floats(0, 299), st.sampled_from("abcdef")), max_size=40))
def test_a_nonce_is_remembered_for_ten_minutes_at_least(steps: list[tuple[float, str]]) -> None:
    """Twice the skew: a message may come from five minutes ahead."""
    nonces, taken, now = Nonces(), {}, 1000.0
    for wait, nonce in steps:
        now += wait
        if now - taken.get(nonce, -1e9) <= 600:
            with pytest.raises(AgentRefused):
                nonces.take(nonce, now)
            continue
        try:
            nonces.take(nonce, now)
        except AgentRefused:
            assert now - taken[nonce] <= 1800
        else:
            taken[nonce] = now


def test_nonces_are_forgotten_in_the_end() -> None:
    """Memory stays bounded."""
    nonces = Nonces()
    nonces.take("a", 0.0)
    nonces.take("b", 1300.0)
    assert nonces.take("a", 1301.0) is None


def test_too_many_messages_of_one_session_are_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Busy, and not forgotten."""
    monkeypatch.setattr(auth, "MAX_NONCES", 3)
    nonces = Nonces()
    for nonce in "abc":
        nonces.take(nonce, 1.0)
    with pytest.raises(Busy):
        nonces.take("d", 2.0)


@pytest.mark.parametrize("skew", [-300.0, 0.0, 300.0])
def test_five_minutes_of_skew_are_allowed(skew: float) -> None:
    """Either way."""
    claim = Claim(headers(time=f"{NOW.timestamp() + skew:.3f}"))
    assert claim.check_time(NOW) is None


@pytest.mark.parametrize("time", ["1.0", "nan", "inf", "-inf", "soon", "1e400", f"{NOW.timestamp() + 301:.3f}"])
def test_any_other_time_is_refused(time: str) -> None:
    """Numbers that are none, too."""
    with pytest.raises(AgentRefused, match="time"):
        Claim(headers(time=time)).check_time(NOW)


@pytest.mark.parametrize("missing", ["x-hostward-session", "x-hostward-nonce", "x-hostward-mac"])
def test_a_message_without_its_headers_is_refused(missing: str) -> None:
    """Each of them is needed."""
    with pytest.raises(AgentRefused, match="no session"):
        Claim({**headers(), missing: ""})


def test_a_nonce_that_is_too_long_is_refused() -> None:
    """It would have to be remembered."""
    with pytest.raises(AgentRefused):
        Claim({**headers(), "x-hostward-nonce": "n" * 65})


def test_polls_that_were_overtaken_are_told_from_the_latest() -> None:
    """What they say is not true any more."""
    speaker = Speaker(session())
    assert [speaker.is_latest_poll(time) for time in (10.0, 12.0, 11.0, 12.0, 13.0)] == [True, True, False, True, True]


def _stored(store_session: AgentSession):
    fleet = new_fleet()
    machine = fleet.add("a", online=False)
    kept = session(id=store_session.id, machine=machine.id, expires=store_session.expires)
    fleet.store.write_now(lambda uow: uow.machines.add_session(kept, b"challenge"))
    return fleet.store


def test_a_session_of_another_process_is_found_in_the_store() -> None:
    """Once; then it is known."""
    cache = SessionCache(_stored(session()))
    speaker = asyncio.run(cache.find("s1", NOW))
    assert asyncio.run(cache.find("s1", NOW)) is speaker


def test_an_unknown_session_is_refused() -> None:
    """The agent opens a new one."""
    with pytest.raises(AgentRefused, match="not known"):
        asyncio.run(SessionCache(_stored(session())).find("s2", NOW))


def test_a_session_whose_time_is_over_is_refused() -> None:
    """Wherever it was found."""
    cache = SessionCache(_stored(session()))
    with pytest.raises(AgentRefused, match="over"):
        asyncio.run(cache.find("s1", NOW + timedelta(hours=1)))


def test_the_session_unused_longest_is_forgotten_first() -> None:
    """The cache is bounded."""
    cache = SessionCache(new_fleet().store, most=2)
    for name in "abc":
        cache.add(session(id=name))
    with pytest.raises(AgentRefused):
        asyncio.run(cache.find("a", NOW))
    assert asyncio.run(cache.find("c", NOW)).session.id == "c"


def test_a_flood_of_invented_sessions_is_put_off() -> None:
    """Only so many are looked up at a time; known agents are served all the while."""

    class SlowStore:
        async def read(self, _work: object) -> None:
            await asyncio.sleep(0.2)

    async def flood() -> list[type]:
        cache = SessionCache(SlowStore())  # type: ignore[arg-type]  # all that is used of a store
        cache.add(session(id="known"))
        finds = [asyncio.create_task(cache.find(f"s{number}", NOW)) for number in range(auth.MAX_LOOKUPS + 10)]
        await asyncio.sleep(0)
        assert (await cache.find("known", NOW)).session.id == "known"
        return [type(one) for one in await asyncio.gather(*finds, return_exceptions=True)]

    outcomes = asyncio.run(flood())
    assert (outcomes.count(AgentRefused), outcomes.count(Busy)) == (auth.MAX_LOOKUPS, 10)
