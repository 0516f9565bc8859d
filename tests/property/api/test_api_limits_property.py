"""The rate limit, times and signatures hold for every input."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from api_bench import ApiBench
from hostward.api.errors import ApiError
from hostward.api.rate_limit import RateLimit
from hostward.api.signature import parse_authorization
from hostward.api.times import left_in, wire_time
from hostward.api.values import codes_of

PROFILE = settings(max_examples=300, deadline=None)


def outcome(work):
    """What work returns, or the code of its refusal."""
    try:
        return work()
    except ApiError as refusal:
        return refusal.code


@PROFILE
@given(limit=st.integers(1, 5), steps=st.lists(st.integers(0, 700), max_size=60))
def test_no_second_holds_more_grants_than_the_limit(limit: int, steps: list[int]):
    """Whichever second one looks at, both of its ends included; times are in milliseconds here."""
    bucket, now, grants = RateLimit(limit), 0, []
    for step in steps:
        now += step
        if bucket.take(1, "a", now / 1024):
            grants.append(now)
    for first in grants:
        assert sum(first <= one <= first + 1024 for one in grants) <= limit


@PROFILE
@given(limit=st.integers(1, 5), steps=st.lists(st.integers(0, 700), max_size=60))
def test_a_request_is_refused_only_when_the_last_second_is_full(limit: int, steps: list[int]):
    """Never stricter than it says."""
    bucket, now, grants = RateLimit(limit), 0, []
    for step in steps:
        now += step
        recent = sum(now - one <= 1024 for one in grants)
        taken = bucket.take(1, "a", now / 1024)
        assert taken == (recent < limit)
        if taken:
            grants.append(now)


@PROFILE
@given(
    epoch=st.integers(1, 4_102_444_800), offset=st.integers(-14 * 60, 14 * 60).map(lambda one: timedelta(minutes=one))
)
def test_a_time_is_the_one_that_datetime_writes(epoch: int, offset: timedelta):
    """The remembered minutes never show."""
    zone = timezone(offset)
    assert wire_time(zone, epoch) == datetime.fromtimestamp(epoch, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


@PROFILE
@given(left=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_nothing_left_is_the_only_zero(left: timedelta):
    """In both units."""
    assert (left_in("seconds", left) == 0) == (left_in("minutes", left) == 0) == (left == timedelta(0))


@PROFILE
@given(header=st.text(max_size=300) | st.from_regex(r"TC3-HMAC-SHA256 Credential=.{0,40}, SignedHeaders=.{0,30}.*"))
def test_any_authorization_is_read_or_refused(header: str):
    """Nothing else is raised."""
    said = outcome(lambda: parse_authorization(header))
    assert said == "AuthFailure.InvalidAuthorization" or len(said.signature) == 64


@PROFILE
@given(text=st.text("012345,; a", max_size=12))
def test_codes_in_a_text_are_known_ones_or_refused(text: str):
    """Never empty, never more than there are."""
    codes = outcome(lambda: codes_of("VulLevels", text, (1, 2, 3, 4)))
    assert codes == "InvalidParameterValue" or frozenset() < codes <= {1, 2, 3, 4}


latin = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40)


@settings(PROFILE, max_examples=100)
@given(
    host=st.from_regex(r"[a-zA-Z0-9.\-]{1,30}(:[0-9]{1,5})?", fullmatch=True),
    query=latin,
    content_type=latin.map(str.strip),
    service=st.sampled_from(["cwp"]),
    body=st.binary(max_size=60),
)
def test_whatever_is_signed_as_sent_is_authentic(host: str, query: str, content_type: str, service: str, body: bytes):
    """Host, query, content type and body are taken as they came: refusals are about the body alone."""
    api = ApiBench()
    answer = api.call("DescribeScanState", body=body, host=host, query=query, content_type=content_type, scope=service)
    assert answer.code in {"InvalidParameter.IllegalRequest", "InvalidRequest", "UnknownParameter", "MissingParameter"}


@settings(PROFILE, max_examples=100)
@given(body=st.binary(max_size=60), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_changed_bit_of_a_body_breaks_its_signature(body: bytes, place: int, bit: int):
    """Any bit of any body."""
    api = ApiBench()
    headers = api.headers("DescribeScanState", body)
    changed = bytearray(body or b"\0")
    changed[place % len(changed)] ^= 1 << bit
    assert api.send(bytes(changed), headers).code == "AuthFailure.SignatureFailure"
