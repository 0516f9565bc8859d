"""A finding and a vulnerability explained in lines for people."""

from collections.abc import Iterator, Sequence
from typing import Any

from hostward.cli.vuln.columns import level_word, standing
from hostward.domain.matching import UNKNOWN_SOURCE
from hostward.domain.note import printable

Answer = dict[str, Any]


def facts(one: Answer) -> Iterator[str]:
    """What is known of a vulnerability."""
    by = " (no source gives one)" if one["LevelSource"] == UNKNOWN_SOURCE else f" (by {one['LevelSource']})"
    yield f"{one['CveId']}  {one['Name']}"
    yield _line("level", level_word(one["Level"]) + by)
    yield _line("CVSS", f"{one['Cvss']} {one['CvssVector']}".strip() or "nobody gives one")
    yield _line("exploited", "yes, by CISA's catalogue" if one["Kev"] else "not that CISA's catalogue knows")
    yield _line("EPSS", one["Epss"] or "nobody gives one")


def over_machines(one: Answer) -> Iterator[str]:
    """Where it is."""
    fixed = one["Fixed"] or one["FixStatus"].replace("_", " ")
    yield _line("package", f"{one['Component']}, fixed: {fixed}")
    counts = f"{one['Machines']} have it, {one['IgnoredMachines']} ignore it, {one['FixedMachines']} had it"
    yield _line("machines", counts)
    yield _line("seen", f"{one['FirstSeen']} to {one['LastSeen']}")


def explained(answer: Answer) -> Iterator[str]:
    """Why a machine has it, and what to do there."""
    one = answer["Finding"]
    yield from facts(one)
    yield _line("published", answer["PublishTime"] or "not known")
    for reference in answer["References"]:
        yield _line("see", reference)
    if answer["Description"]:
        yield _line("what", answer["Description"])
    yield _line("machine", f"{answer['HostName']} ({answer['OsName']}), event {one['EventId']}")
    yield _line("status", _status(one))
    for reason in answer["Reasons"]:
        yield from _reason(reason)
    for silent in answer["SilentFeeds"]:
        yield _line("silent", f"feed {silent['Feed']}: {silent['Reason']}")
    if answer["NotCovered"]:
        yield _line("not known", answer["NotCovered"])
    for rule in answer["IgnoredBy"]:
        yield _line("ignored by", f"rule {rule['RuleId']} of {rule['Owner'] or 'nobody'}: {rule['Remark'] or '-'}")
    if one["Ignored"] and not answer["IgnoredBy"]:
        yield _line("ignored by", "a rule that you may not read")
    yield from _lines("fix", answer["Fix"] or ("nothing yet" if one["Status"] == "present" else "done"))
    yield from _lines("run", answer["Command"])
    yield from _lines("then", answer["Restart"])


def _reason(reason: Answer) -> Iterator[str]:
    yield _line("because", reason["Comparison"])
    if reason["Path"]:
        yield _line("", f"in {reason['Path']}")
    if reason["Feed"]:
        names = ", ".join([reason["Advisory"], *reason["Aliases"]])
        yield _line("", f"said by feed {reason['Feed']} of {reason['FeedTime']} ({reason['FeedState']}): {names}")
    else:
        yield _line("", f"said by the machine's own {reason['Advisory']}")
    yield _line("", reason["Rule"])


def _status(one: Answer) -> str:
    if one["Status"] == "present":
        return f"{standing(one)} since {one['FirstSeen']}, seen last {one['LastSeen']}"
    why = "its package changed" if one["Cause"] == "package" else "no advisory says so any more"
    return f"gone since {one['FixedTime']}: {why}"


def _lines(name: str, text: str) -> Iterator[str]:
    lines: Sequence[str] = text.splitlines() if text else []
    for number, line in enumerate(lines):
        yield _line("" if number else name, line)


def _line(name: str, text: str) -> str:
    return f"{name:<11} {printable(text)}"
