"""Scans of one machine without a server: the agent's workers, their rows collected instead of sent."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue

from hostward.agent.events import Doubted, RowsFound, Stepped, WorkEnded
from hostward.agent.running import WorkerEvent
from hostward.agent.work import Place, Workers
from hostward.domain.matching import category_of
from hostward.domain.module import Module
from hostward.domain.options import Category, Options, module_of
from hostward.protocol.job import Job, wire_options
from hostward.protocol.report import Item, item_of
from hostward.scanners.vul.installed import unordered
from hostward.scanners.vul.sbom.bill import Described


@dataclass(slots=True)
class Part:
    """One module's scan, as far as it is. failure: why it gave no result; stopped: it was ended before its end."""

    module: Module
    done: float = 0.0
    doing: str = "starting"
    items: list[Item] = field(default_factory=list)
    degraded: list[str] = field(default_factory=list)
    ended: bool = False
    failure: str = ""
    stopped: bool = False


Watch = Callable[[Sequence[Part]], None]


def scan(
    options: Sequence[Options], *, place: Place, covered: Sequence[str], seconds: float, watch: Watch
) -> Sequence[Part]:
    """Scan with every module at once; watch is called often with how far each is. Returns when all have ended.

    Ctrl-C ends what still runs, and what was found until then is returned; seconds bounds the whole.
    """
    said: SimpleQueue[WorkerEvent] = SimpleQueue()
    workers = Workers(place, said.put)
    parts = {number: Part(module_of(each)) for number, each in enumerate(options, start=1)}
    timer = threading.Timer(seconds, _time_out, (workers, parts))
    timer.daemon = True
    try:
        workers.prepare()
        for number, each in enumerate(options, start=1):
            workers.start(Job(lease=number, options=wire_options(each), seconds=seconds, covered=list(covered)))
        timer.start()
        _follow(workers, said, parts, watch)
    except KeyboardInterrupt:
        _stop(workers, said, parts)
    finally:
        timer.cancel()
    return list(parts.values())


def described(machine: Described, covered: Sequence[str]) -> Part:
    """The machine of a bill of materials, as a scan of it would give it."""
    part = Part(Module.VUL, done=1.0, ended=True, items=[machine.facts, *machine.packages], degraded=[*machine.remarks])
    ecosystems = {each.ecosystem for each in machine.packages if category_of(each.ecosystem) is Category.LINUX}
    for ecosystem in sorted(ecosystems.difference(covered)):
        part.degraded.append(f"no advisory data for {ecosystem}: import some with hostward feed")
    part.degraded += unordered(machine.packages)
    return part


def _follow(workers: Workers, said: "SimpleQueue[WorkerEvent]", parts: Mapping[int, Part], watch: Watch) -> None:
    while not all(part.ended for part in parts.values()):
        _take(workers, said.get(), parts)
        if said.empty():
            watch(list(parts.values()))


def _stop(workers: Workers, said: "SimpleQueue[WorkerEvent]", parts: Mapping[int, Part]) -> None:
    """End the workers and take in what they still said."""
    workers.stop()
    while not said.empty():
        _take(workers, said.get(), parts)
    for part in parts.values():
        if not part.ended or part.failure:
            part.stopped, part.failure, part.ended = True, "", True
            part.degraded.append("the scan was stopped before its end")


def _time_out(workers: Workers, parts: Mapping[int, Part]) -> None:
    for number, part in parts.items():
        if not part.ended:
            workers.kill(number)


def _take(workers: Workers, event: WorkerEvent, parts: Mapping[int, Part]) -> None:
    part = parts[event.lease]
    match event:
        case RowsFound():
            part.items.extend(item_of(row) for row in event.rows)
        case Stepped():
            part.done, part.doing = max(part.done, event.done), event.doing
        case Doubted():
            part.degraded.append(event.reason)
        case WorkEnded():
            part.ended, part.failure, part.done = True, event.failure, 1.0
    workers.dealt_with(event)
