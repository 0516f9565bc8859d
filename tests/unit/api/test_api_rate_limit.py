"""Never more than the limit in any second, and not less than it in a quiet one."""

from dataclasses import replace

from api_bench import KEY, USER, ApiBench
from hostward.api.context import ApiSettings
from hostward.api.rate_limit import RateLimit
from hostward.domain.ids import UserId


def granted(limit: RateLimit, times: list[float], user: int = 1, action: str = "a") -> list[bool]:
    """What the limit says at each time."""
    return [limit.take(user, action, now) for now in times]


def test_the_limit_is_granted_and_no_more():
    """20 at once, the 21st not."""
    assert granted(RateLimit(20), [5.0] * 21) == [True] * 20 + [False]


def test_a_second_later_there_is_room_again():
    """For as many as were granted then."""
    limit = RateLimit(2)
    assert granted(limit, [0.0, 0.5, 0.9, 1.0, 1.01, 1.4, 1.51]) == [True, True, False, False, True, False, True]


def test_a_pause_saves_nothing_up():
    """After a minute of silence there are still only `limit` in a second."""
    limit = RateLimit(2)
    assert granted(limit, [0.0, 60.0, 60.0, 60.5]) == [True, True, True, False]


def test_refusals_cost_nothing():
    """Who knocks all the time is let in as soon as there is room."""
    limit = RateLimit(1)
    times = [0.0, *[0.1 * step for step in range(1, 10)], 1.05]
    assert granted(limit, times) == [True] + [False] * 9 + [True]


def test_users_and_actions_have_buckets_of_their_own():
    """One user's haste is not another's."""
    limit = RateLimit(1)
    asked = [(1, "a"), (2, "a"), (1, "b"), (1, "a")]
    assert [limit.take(user, action, 0.0) for user, action in asked] == [True, True, True, False]


def test_idle_buckets_are_dropped_and_busy_ones_are_not():
    """Memory has a bound, and dropping grants nothing."""
    limit = RateLimit(1, most_buckets=10)
    granted(limit, [0.0], user=0)
    for user in range(1, 10):
        limit.take(user, "a", 5.0)
    assert limit.take(99, "a", 5.0)
    assert len(limit._grants) == 10
    assert not limit.take(1, "a", 5.5)


def test_the_gateway_refuses_the_21st_request_of_a_second():
    """With the code that clients know how to retry."""
    api = ApiBench(settings=ApiSettings())
    codes = [api.call("DescribeScanState", {"ModuleType": "Vul"}).code for _ in range(21)]
    assert codes == [""] * 20 + ["RequestLimitExceeded"]
    api.clock.turn(1.1)
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == ""


def test_each_action_has_its_own_rate():
    """20 of one leave 20 of the other."""
    api = ApiBench(settings=ApiSettings(rate=1))
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == ""
    assert api.call("ListScanTasks", {}, service="hostward").code == ""


def test_two_keys_of_one_user_share_a_rate():
    """The user counts, not the key."""
    api = ApiBench(settings=ApiSettings(rate=1))
    api.store.accounts.stored["AKIDother"] = replace(KEY, secret_id="AKIDother")
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == ""
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}, secret_id="AKIDother").code == "RequestLimitExceeded"


def test_another_user_has_another_rate():
    """Also in the same account."""
    api = ApiBench(settings=ApiSettings(rate=1))
    api.store.accounts.stored["AKIDother"] = replace(KEY, secret_id="AKIDother", user=replace(USER, id=UserId(2)))
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == ""
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}, secret_id="AKIDother").code == ""


def test_a_request_with_a_wrong_signature_spends_nothing():
    """Else anybody could lock a user out by name."""
    api = ApiBench(settings=ApiSettings(rate=1))
    for _ in range(5):
        assert api.call("DescribeScanState", {}, secret="wrong").code == "AuthFailure.SignatureFailure"
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == ""


def test_an_authenticated_request_that_is_refused_later_spends_one():
    """Bad bodies cost the server too."""
    api = ApiBench(settings=ApiSettings(rate=1))
    assert api.call("DescribeScanState", body=b"[").code == "InvalidParameter.IllegalRequest"
    assert api.call("DescribeScanState", {"ModuleType": "Vul"}).code == "RequestLimitExceeded"
