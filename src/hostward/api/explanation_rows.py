"""An explained finding as the service hostward writes it: grounds, silent feeds, and what to do."""

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from hostward.api.explain_texts import comparison, rule, silence
from hostward.api.texts import Language
from hostward.api.times import wire_datetime
from hostward.domain.remedy import place_of, remedy, restart_hint
from hostward.domain.upgrade_command import upgrade_command
from hostward.domain.vul_event import EventStatus
from hostward.usecases.vul_event_ports import Bringer
from hostward.usecases.vulnerabilities.explain import Explained, Ground, Silence


class FindingReason(msgspec.Struct, rename="pascal", kw_only=True):
    """One package and one advisory that speaks of it. Feed "": the host's own changelog.

    Compared: the version that was compared, that of the source package. Level 0, Cvss "": the advisory gives none.
    """

    package: str
    source: str
    installed: str
    compared: str
    fixed: str
    fix_status: str
    ecosystem: str
    path: str
    feed: str
    advisory: str
    aliases: list[str]
    feed_time: str
    feed_state: str
    comparison: str
    rule: str
    level: int
    level_source: str
    cvss: str


class SilentFeed(msgspec.Struct, rename="pascal", kw_only=True):
    """A feed that might have spoken of it and did not. Time "": nothing of it was ever imported."""

    feed: str
    state: str
    time: str
    reason: str


class Advice(msgspec.Struct, kw_only=True):
    """What to do, a line for each package: the commands, the same in words, and what must start again after it."""

    command: str = ""
    fix: str = ""
    restart: str = ""


def reason(ground: Ground, zone: tzinfo, language: Language) -> FindingReason:
    """One ground."""
    one, feed, said = ground.bringer, ground.feed, ground.said
    package = one.package
    return FindingReason(
        package=package.name,
        source=package.source,
        installed=package.version,
        compared=package.source_version,
        fixed=one.fixed,
        fix_status=one.status.value,
        ecosystem=package.ecosystem,
        path=package.path.decode("utf-8", "backslashreplace"),
        feed=feed.feed if feed else "",
        advisory=ground.advisory,
        aliases=list(said.aliases) if said else [],
        feed_time=wire_datetime(zone, feed.status.imported if feed and feed.status else None),
        feed_state=feed.state.value if feed else "",
        comparison=comparison(ground, language),
        rule=rule(package.ecosystem, language),
        level=said.level.value if said and said.level is not None else 0,
        level_source=said.level_source if said else "",
        cvss="" if said is None or said.cvss is None else f"{said.cvss:.1f}",
    )


def silent_feed(one: Silence, zone: tzinfo, language: Language) -> SilentFeed:
    """A feed that says nothing of it."""
    at = wire_datetime(zone, one.feed.status.imported if one.feed.status else None)
    return SilentFeed(
        feed=one.feed.feed, state=one.feed.state.value, time=at, reason=silence(one, at, language)
    )  # fmt: skip


def advice(found: Explained) -> Advice:
    """What to do about an event: nothing but what must start again once it is gone."""
    own = [one for one in found.event.packages if not one.package.path]
    if found.event.status is not EventStatus.PRESENT:
        running = [found.restarts[one.package.name] for one in own if one.package.name in found.restarts]
        return Advice(restart=_lines(running))
    fixable = [one for one in found.event.packages if one.fixed]
    restarts = [
        restart_hint(one.package.name, one.package.ecosystem, found.restarts.get(one.package.name, ""))
        for one in own
        if one.fixed
    ]
    commands = _commands(fixable)
    fixes = [_fix(one) for one in fixable]
    return Advice(command=_lines(commands), fix=_lines(fixes), restart=_lines(restarts))


def _commands(fixable: Sequence[Bringer]) -> list[str]:
    """One for a distribution's packages together, one for each other one; none for what lies in an image."""
    own: dict[str, list[Bringer]] = {}
    for one in fixable:
        if not one.package.path:
            own.setdefault(one.package.ecosystem, []).append(one)
    together = [
        upgrade_command(ecosystem, sorted({one.package.name for one in some}), some[0].fixed)
        for ecosystem, some in own.items()
    ]
    return together + [_own_command(one) for one in fixable if one.package.path]


def _own_command(one: Bringer) -> str:
    package = one.package
    if place_of(package.path):
        return ""
    return upgrade_command(package.ecosystem, [package.name], one.fixed, package.path)


def _fix(one: Bringer) -> str:
    """In words: where a package lies that is not the distribution's own, too."""
    package = one.package
    if not package.path or place_of(package.path):
        return remedy(package.name, one.fixed, package.ecosystem, place_of(package.path))
    command = _own_command(one)
    where = package.path.decode("utf-8", "backslashreplace")
    return f"upgrade {package.name} to {one.fixed} in {where}" + (f": {command}" if command else "")


def _lines(words: Sequence[str]) -> str:
    """Each once, those that say nothing left out."""
    return "\n".join(dict.fromkeys(filter(None, words)))
