"""Whether a scan fits into the window that its schedule gives it."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from enum import Enum

from hostward.domain.module import Module
from hostward.domain.schedule import Window

FULL_DISK = timedelta(hours=4)
"""What a malware scan of a whole large disk needs: 1 TB in a million files, read at 70 MB/s."""


class Fit(Enum):
    """FITS as far as is known; SHORT for a malware scan of whole disks; NEVER: a usual scan takes longer."""

    FITS = "fits"
    SHORT = "short"
    NEVER = "never"


def open_after(window: Window, fire: datetime, zone: tzinfo) -> timedelta:
    """How long the window stays open after a start, by the clock that really runs; 0 when the start misses it."""
    ends = window.closes(fire, zone)
    return timedelta(0) if ends is None else ends - fire


def fit(
    window: Window | None, fires: Sequence[datetime], zone: tzinfo, *, module: Module, typical: timedelta | None
) -> Fit:
    """How scans that start at these times fit. typical: how long one usually takes a machine, None if not known."""
    if window is None or not fires:
        return Fit.FITS
    spans = [open_after(window, fire, zone) for fire in fires]
    if typical is not None and max(spans) < typical:
        return Fit.NEVER
    return Fit.SHORT if module is Module.MALWARE and min(spans) < FULL_DISK else Fit.FITS
