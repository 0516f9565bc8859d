"""The builds of RPM packages that an advisory names as fixed, as ranges."""

import re

from hostward.domain.advisory import Affected
from hostward.domain.versions import rpm
from hostward.feeds.contract import Reading

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,150}")
_BUILD = re.compile(r"[0-9]+:[^:/\s-]+-[^:/\s-]+")
_UNUSED = ("-debuginfo", "-debugsource")
_MODULE = ".module+"


class FixedBuilds:
    """Of each package of a release the lowest fixed build: higher ones, of other architectures, hold the fix too."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._lowest: dict[tuple[str, str], str] = {}

    def add(self, ecosystem: str, name: str, build: str) -> None:
        """A fixed build ("0:1.2-3.el9"). What can't be one, or is of a module stream, is left out and counted."""
        if not (_NAME.fullmatch(name) and _BUILD.fullmatch(build)):
            self._reading.skipped["packages without a name or version"] += 1
        elif _MODULE in build:
            # An installed package does not say which stream is enabled, and streams have versions of their own.
            self._reading.skipped["packages of module streams"] += 1
        elif not name.endswith(_UNUSED):
            before = self._lowest.get((ecosystem, name))
            if before is None or rpm.key(build) < rpm.key(before):
                self._lowest[ecosystem, name] = build

    def affected(self) -> tuple[Affected, ...]:
        """Everything below those builds."""
        return tuple(
            Affected(ecosystem=ecosystem, name=name, fixed=build.removeprefix("0:"))
            for (ecosystem, name), build in self._lowest.items()
        )
