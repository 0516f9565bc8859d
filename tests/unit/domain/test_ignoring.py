"""Which findings a rule sets aside: scope, packages, time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hostward.domain.errors import InvalidValue
from hostward.domain.ids import AccountId, MachineId, RuleId
from hostward.domain.ignoring import (
    MAX_REASON,
    MOST_MACHINES,
    IgnoreRule,
    Part,
    Product,
    Scope,
    checked,
    part_of,
    rule_of,
)
from store_samples import NOW, match

ME, OTHER = MachineId(1), MachineId(2)
LIB = Part(name="libssl3", source="openssl", version="3.0.1-1", ecosystem="Debian:12")
BIN = Part(name="openssl", source="openssl", version="3.0.1-1", ecosystem="Debian:12")
WHEEL = Part(name="openssl", source="openssl", version="1.0", ecosystem="PyPI")


def rule(**said: object) -> IgnoreRule:
    """A rule of one vulnerability, on all machines."""
    plain = IgnoreRule(id=RuleId(1), account=AccountId(1), key="CVE-1", created=NOW, changed=NOW)
    return replace(plain, **said)


def holds(one: IgnoreRule, *parts: Part, key: str = "CVE-1", tags: frozenset[str] = frozenset()) -> bool:
    """Does it set the vulnerability aside on this machine now?"""
    found = rule_of(key, parts or (BIN,), [one], machine=ME, tags=tags, now=NOW)
    assert found in (None, one)
    return found is not None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, True),
        ({"key": "CVE-2"}, False),
        ({"scope": Scope.CHOSEN, "machines": (ME,)}, True),
        ({"scope": Scope.CHOSEN, "machines": (OTHER,)}, False),
        ({"scope": Scope.EXCEPT, "machines": (ME,)}, False),
        ({"scope": Scope.EXCEPT, "machines": (OTHER,)}, True),
        ({"scope": Scope.TAGGED, "tags": ("env=test",)}, True),
        ({"scope": Scope.TAGGED, "tags": ("env=prod",)}, False),
        ({"scope": Scope.TAGGED}, False),
        ({"expires": NOW + timedelta(microseconds=1)}, True),
        ({"expires": NOW}, False),
        ({"ended": NOW}, False),
    ],
)
def test_scope_and_time(said: dict[str, object], expected: bool) -> None:
    """A rule holds on the machines it means and while it lasts, no microsecond longer."""
    assert holds(rule(**said), tags=frozenset({"env=test"})) is expected


@pytest.mark.parametrize(
    ("product", "parts", "expected"),
    [
        (Product(name="libssl3"), (LIB,), True),
        (Product(name="openssl"), (LIB, BIN), True),
        (Product(name="libssl3"), (LIB, BIN), False),
        (Product(name="openss"), (BIN,), False),
        (Product(name="openssl", ecosystem="Debian"), (BIN,), True),
        (Product(name="openssl", ecosystem="Debian:12"), (BIN,), True),
        (Product(name="openssl", ecosystem="Debian:11"), (BIN,), False),
        (Product(name="openssl", ecosystem="PyPI"), (BIN,), False),
        (Product(name="openssl", ecosystem="Debian"), (BIN, WHEEL), False),
        (Product(name="openssl", version="3.0.1-1"), (BIN,), True),
        (Product(name="openssl", version="3.0.1"), (BIN,), False),
    ],
)
def test_packages(product: Product, parts: tuple[Part, ...], expected: bool) -> None:
    """By exact name, ecosystem and version; one package that is left makes the vulnerability count."""
    assert holds(rule(product=product), *parts) is expected


def test_unknown_packages_are_left_to_rules_of_the_whole_vulnerability() -> None:
    """Where it is not known what brings it, no rule about a package can be said to hold."""
    assert rule_of("CVE-1", (), [rule(product=Product(name="a"))], machine=ME, tags=set(), now=NOW) is None
    assert rule_of("CVE-1", (), [rule()], machine=ME, tags=set(), now=NOW) == rule()


def test_two_rules_may_cover_what_one_does_not() -> None:
    """Each takes a package; the one of the first package is named."""
    first, second = rule(product=Product(name="libssl3")), rule(id=RuleId(2), product=Product(name="openssl"))
    wheel = replace(second, product=Product(name="openssl", ecosystem="PyPI"))
    assert rule_of("CVE-1", (LIB, WHEEL), [wheel, first], machine=ME, tags=set(), now=NOW) == first


def test_part_of_a_match_names_its_package() -> None:
    """What is kept of a match for rules to look at."""
    assert part_of(match("CVE-1", name="libssl3", source="openssl")) == LIB


@pytest.mark.parametrize(
    "said",
    [
        {"key": " "},
        {"key": "CVE\n1"},
        {"reason": "x" * (MAX_REASON + 1)},
        {"scope": Scope.CHOSEN},
        {"scope": Scope.EXCEPT},
        {"scope": Scope.TAGGED},
        {"scope": Scope.CHOSEN, "machines": tuple(map(MachineId, range(MOST_MACHINES + 1)))},
        {"expires": NOW},
    ],
)
def test_unclear_rules_are_refused(said: dict[str, object]) -> None:
    """With the words of a reason, in two languages."""
    with pytest.raises(InvalidValue) as caught:
        checked(rule(**said))
    assert caught.value.said("zh-CN") != caught.value.said("en-US")
