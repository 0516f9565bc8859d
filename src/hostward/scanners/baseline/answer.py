"""What a probe answers: facts, or why there are none.

The four kinds are kept apart on purpose. "Not there" may be fine and is the item's business; "could not be read" and
"took too long" are never a pass.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing seen.

    subject: what it is about (a path, a keyword, an account); value: what was found there, "" when being there is
    all there is to say; source: where it was read ("/etc/ssh/sshd_config:12"), "" when the subject says it.
    """

    subject: str
    value: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The probe could look.

    facts may be empty: looked, nothing there. gaps: what could not be looked at, so that "nothing bad was seen" is
    no pass. note: said beside the facts ("412,000 files looked at").
    """

    facts: tuple[Fact, ...] = ()
    gaps: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What was asked about does not exist on this machine."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """It exists, or may exist, and could not be judged."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """It was given up after its time."""

    reason: str


Answer = Reading | Missing | Unreadable | TimedOut


def answer_of_error(path: str, error: OSError) -> Missing | Unreadable:
    """The answer that an error on path stands for: only "no such file" and "a parent is no folder" mean missing."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Missing(reason=f"{path} does not exist")
    return Unreadable(reason=f"{path}: {error.strerror or error}")
