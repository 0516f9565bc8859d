"""Probe groups: what the group file says, alone and beside the passwd file."""

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from hostward.scanners.baseline.account_files import GROUP, PASSWD, Records, read_records
from hostward.scanners.baseline.answer import Answer, Fact, Reading, answer_of_error
from hostward.scanners.baseline.probes.accounts import int_or_none, shared
from hostward.scanners.baseline.site import Site


class Groups:
    """target: one query of QUERIES. One fact a group or account, as the query says."""

    name: ClassVar[str] = "groups"

    def __init__(self, site: Site) -> None:
        self._root = site.root

    def read(self, target: tuple[str, ...]) -> Answer:
        """Facts in the file's order. Missing without a passwd or group file; lines that are no record are gaps."""
        (query,) = target
        if query not in QUERIES:
            raise ValueError(f"groups has no query {query}: there are {', '.join(QUERIES)}")
        path = GROUP
        try:
            groups = read_records(self._root, GROUP)
            path = PASSWD
            accounts = read_records(self._root, PASSWD)
        except OSError as error:
            return answer_of_error(path, error)
        return Reading(facts=tuple(QUERIES[query](groups, accounts)), gaps=groups.gaps + accounts.gaps)


def _root_numbers(groups: Records, _accounts: Records) -> Iterator[Fact]:
    """Groups with the number of root's group."""
    for group in groups.records:
        if group.number == 0:
            yield Fact(subject=group.name, value="0", source=group.source)


def _shared_numbers(groups: Records, _accounts: Records) -> Iterator[Fact]:
    """GIDs that several groups have; who else is root's group is another query."""
    others = [group for group in groups.records if group.number != 0]
    yield from shared(others, lambda group: str(group.number), "GID ")


def _shared_names(groups: Records, _accounts: Records) -> Iterator[Fact]:
    """Names that stand there more than once."""
    yield from shared(groups.records, lambda group: group.name, "")


def _unknown(groups: Records, accounts: Records) -> Iterator[Fact]:
    """Accounts whose own group does not exist."""
    known = {group.number for group in groups.records}
    for account in accounts.records:
        if int_or_none(account.fields[3]) not in known:
            yield Fact(subject=account.name, value=f"GID {account.fields[3]}", source=account.source)


def _shadow_members(groups: Records, accounts: Records) -> Iterator[Fact]:
    """Who may read the password hashes: members of the group shadow, by either file."""
    for group in groups.records:
        if group.name != "shadow":
            continue
        for member in filter(None, group.fields[3].split(",")):
            yield Fact(subject=member, value="member", source=group.source)
        for account in accounts.records:
            if int_or_none(account.fields[3]) == group.number:
                yield Fact(subject=account.name, value="own group", source=account.source)


def _imports(groups: Records, _accounts: Records) -> Iterator[Fact]:
    """Lines that take groups in from NIS."""
    for source in groups.imports:
        yield Fact(subject="+", source=source)


QUERIES: Mapping[str, Callable[[Records, Records], Iterator[Fact]]] = {
    "root_numbers": _root_numbers,
    "shared_numbers": _shared_numbers,
    "shared_names": _shared_names,
    "unknown": _unknown,
    "shadow_members": _shadow_members,
    "imports": _imports,
}
