"""Worker processes as an agent starts, reads and ends them."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from fake_scanners import fake_command
from hostward.agent.events import Doubted, RowsFound, Stepped, WorkEnded
from hostward.agent.work import Place, WorkerEvent, Workers, worker_command
from hostward.protocol.job import Job, MalwareJob, VulJob
from hostward.scanners.lines import Ended, Order, read_line, write_line
from link_lab import process_ids, until

SCRIPT = "import sys; sys.stdin.readline(); sys.stdout.buffer.write({!r}); sys.stdout.flush()"


class Shop:
    """Workers, and all that they told."""

    def __init__(self, tmp_path: Path, command: tuple[str, ...] = (), **place: object) -> None:
        self.queue: SimpleQueue[WorkerEvent] = SimpleQueue()
        self.folder = tmp_path / "work"
        self.workers = Workers(
            Place(folder=self.folder, **place),
            self.queue.put,
            command=command or fake_command(),  # type: ignore[arg-type]  # a test's own
        )
        self.workers.prepare()

    def start(self, *behaviours: str, lease: int = 1) -> None:
        """Start a scan that does this."""
        self.workers.start(
            Job(lease=lease, options=MalwareJob(pattern=2, engine=3, paths=list(behaviours)), seconds=60)
        )

    def next(self) -> WorkerEvent:
        """What is told next; it is dealt with."""
        event = self.queue.get(timeout=30)
        self.workers.dealt_with(event)
        return event

    def rest(self) -> list[WorkerEvent]:
        """All that is told until the end."""
        told = [self.next()]
        while not isinstance(told[-1], WorkEnded):
            told.append(self.next())
        return told

    def run(self, *behaviours: str) -> list[WorkerEvent]:
        """A scan from start to end."""
        self.start(*behaviours)
        return self.rest()

    def end(self, *behaviours: str) -> str:
        """How a scan ends: "" when well."""
        last = self.run(*behaviours)[-1]
        assert isinstance(last, WorkEnded)
        return last.failure


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Workers with the fake scanner."""
    return Shop(tmp_path)


def doubts(told: list[WorkerEvent]) -> list[str]:
    """The reasons of all doubts."""
    return [event.reason for event in told if isinstance(event, Doubted)]


def test_a_scan_tells_its_steps_its_findings_and_its_end(shop: Shop) -> None:
    """In the order in which they happened."""
    told = shop.run("/find/3")
    assert [type(event) for event in told] == [Stepped, RowsFound, WorkEnded]
    assert told[-1] == WorkEnded(lease=1, failure="")


def test_all_findings_arrive_in_order(shop: Shop) -> None:
    """Five thousand of them."""
    rows = [row for event in shop.run("/find/5000") if isinstance(event, RowsFound) for row in event.rows]
    assert [row.path for row in rows] == [f"/found/{number}".encode() for number in range(5000)]  # type: ignore[union-attr]  # findings


def test_the_size_of_rows_is_told(shop: Shop) -> None:
    """What they will weigh in the spool."""
    (event,) = [event for event in shop.run("/find/10") if isinstance(event, RowsFound)]
    assert 500 < event.size < 5000


def test_doubts_are_told(shop: Shop) -> None:
    """In words."""
    assert doubts(shop.run("/doubt/one file was encrypted")) == ["one file was encrypted"]


def test_odd_and_oversized_results_do_not_break_the_scan(shop: Shop) -> None:
    """One is spelled out, one named."""
    told = shop.run("/odd")
    assert [event.rows[0].detail for event in told if isinstance(event, RowsFound)] == ["bad \\udc80 name"]  # type: ignore[union-attr]  # not scanned
    assert ["too large" in doubt for doubt in doubts(told)] == [True]
    assert told[-1] == WorkEnded(lease=1)


def test_a_scanner_that_can_not_judge_says_why(shop: Shop) -> None:
    """Its own words."""
    assert shop.end("/fail/no rules") == "no rules"


def test_a_defect_of_the_scanner_is_named_by_its_error(shop: Shop) -> None:
    """The error first, the way to it after it."""
    assert shop.end("/error/a defect").startswith("the scanner died (exit status 1): RuntimeError: a defect (after: ")


def test_a_crash_is_named_by_its_signal(shop: Shop) -> None:
    """A segmentation fault takes nobody else along."""
    assert shop.end("/find/1", "/crash").startswith("the scanner died (signal 11)")


def test_an_end_without_a_word_is_a_failure(shop: Shop) -> None:
    """Even with exit status 0: nobody said that all was judged."""
    assert shop.end("/leave") == "the scanner ended without a word"


def test_only_the_last_words_are_kept(shop: Shop) -> None:
    """A scanner may fill standard error; the agent's memory stays small."""
    failure = shop.end("/complain/3000000")
    assert failure.startswith("the scanner died (exit status 7): the last words (after: xxx")
    assert len(failure) < 4300


def test_what_libraries_print_is_no_line(shop: Shop) -> None:
    """Standard output is the scan's alone."""
    told = shop.run("/talk", "/find/1")
    assert [type(event) for event in told] == [Stepped, RowsFound, WorkEnded]
    assert told[-1] == WorkEnded(lease=1)


def test_a_scan_over_its_memory_fails_with_the_limit(tmp_path: Path) -> None:
    """It, and not the host, runs out."""
    shop = Shop(tmp_path, memory=200 * 1024 * 1024)
    assert shop.end("/eat/400000000") == "the scan needed more memory than it may use (209715200 bytes)"


def test_a_scan_within_its_memory_is_not_disturbed(tmp_path: Path) -> None:
    """The cap is no budget."""
    assert Shop(tmp_path, memory=200 * 1024 * 1024).end("/eat/1000000") == ""


def test_words_on_progress_are_spaced(shop: Shop) -> None:
    """A hundred thousand steps are a few lines."""
    assert len([event for event in shop.run("/steps/100000") if isinstance(event, Stepped)]) < 50


def test_a_worker_is_modest_and_isolated(tmp_path: Path) -> None:
    """Niced, without core dumps, environment and site; in a private folder of its own."""
    shop = Shop(tmp_path, own_paths=(Path("/opt/hostward"),))
    told = doubts(shop.run("/describe"))
    environment = next(one for one in told if one.startswith("environment"))
    assert "nice 10" in told
    assert "core 0" in told
    assert "isolated 1 site False" in told
    assert "mode 700 here True" in told
    assert "own (PosixPath('/opt/hostward'),)" in told
    assert "stdin b''" in told
    assert {"HOME", "USER", "PYTHONPATH"} & set(environment.split()) == set()
    assert {"PATH", "TMPDIR", "LANG"} <= set(environment.split())


def test_the_way_to_the_network_is_passed_on(tmp_path: Path) -> None:
    """And nothing else of the agent's environment."""
    queue: SimpleQueue[WorkerEvent] = SimpleQueue()
    environ = {"HTTPS_PROXY": "http://p", "HOSTWARD_TOKEN": "secret"}
    workers = Workers(Place(folder=tmp_path / "work"), queue.put, command=fake_command(), environ=environ)
    workers.prepare()
    workers.start(Job(lease=1, options=MalwareJob(pattern=2, engine=3, paths=["/describe"]), seconds=60))
    told = []
    while not told or not isinstance(told[-1], WorkEnded):
        told.append(queue.get(timeout=30))
        workers.dealt_with(told[-1])
    environment = next(one for one in doubts(told) if one.startswith("environment")).split()
    assert "HTTPS_PROXY" in environment
    assert "HOSTWARD_TOKEN" not in environment


def test_the_scratch_folder_is_removed_with_all_that_is_in_it(shop: Shop) -> None:
    """Before the end is told."""
    assert shop.end("/litter") == ""
    assert list(shop.folder.iterdir()) == []


def test_what_an_earlier_agent_left_is_removed(tmp_path: Path) -> None:
    """It was killed and could not."""
    (tmp_path / "work" / "7").mkdir(parents=True)
    (tmp_path / "work" / "7" / "download").write_text("x")
    shop = Shop(tmp_path)
    assert list(shop.folder.iterdir()) == []


@pytest.mark.parametrize("behaviour", ["/hang", "/deaf"])
def test_a_kill_ends_the_scan_within_a_second_or_so(shop: Shop, tmp_path: Path, behaviour: str) -> None:
    """Asked first, then forced; its folder is gone too."""
    shop.start("/find/1", behaviour)
    until(lambda: isinstance(shop.next(), RowsFound))
    shop.workers.kill(1)
    assert isinstance(shop.rest()[-1], WorkEnded)
    assert process_ids(str(tmp_path)) == []
    assert list(shop.folder.iterdir()) == []


@pytest.mark.parametrize("behaviour", ["/spawn", "/daemon"])
def test_commands_of_a_scan_do_not_outlive_it(shop: Shop, tmp_path: Path, behaviour: str) -> None:
    """Neither those of its group nor those that left it."""
    assert shop.end(behaviour) == ""
    assert process_ids(str(tmp_path)) == []


@pytest.mark.parametrize("behaviour", ["/spawn", "/daemon"])
def test_commands_of_a_scan_do_not_outlive_its_kill(shop: Shop, tmp_path: Path, behaviour: str) -> None:
    """A download under way ends with it."""
    shop.start(behaviour, "/find/1", "/hang")
    until(lambda: isinstance(shop.next(), RowsFound))
    assert len(process_ids(str(tmp_path))) == 3
    shop.workers.kill(1)
    shop.rest()
    assert process_ids(str(tmp_path)) == []


def test_killing_twice_or_what_is_not_there_is_no_error(shop: Shop) -> None:
    """The loop may say it again."""
    shop.start("/hang")
    shop.workers.kill(1)
    shop.workers.kill(1)
    shop.workers.kill(99)
    assert isinstance(shop.rest()[-1], WorkEnded)


def test_a_worker_that_is_held_waits(shop: Shop) -> None:
    """What it says is not read, so that it stops at a full pipe; let go, all of it comes."""
    shop.start("/find/3", *["/find/500"] * 200)
    shop.next()
    shop.workers.hold(1, held=True)
    time.sleep(0.5)
    waiting = shop.queue.qsize()
    time.sleep(0.3)
    assert shop.queue.qsize() == waiting < 200
    shop.workers.hold(1, held=False)
    rows = [row for event in shop.rest() if isinstance(event, RowsFound) for row in event.rows]
    assert len(rows) >= 500 * 200


def test_a_worker_that_is_held_can_be_killed(shop: Shop) -> None:
    """Nobody waits for it to be let go."""
    shop.start(*["/find/500"] * 200)
    shop.next()
    shop.workers.hold(1, held=True)
    shop.workers.kill(1)
    assert isinstance(shop.rest()[-1], WorkEnded)


def test_a_worker_is_not_read_far_ahead_of_the_agent(shop: Shop) -> None:
    """Memory stays bounded though nobody deals with what is told."""
    shop.start(*["/find/500"] * 200)
    time.sleep(1.0)
    assert shop.queue.qsize() <= 16
    shop.workers.kill(1)
    shop.rest()


def test_stopping_kills_all_and_waits(shop: Shop, tmp_path: Path) -> None:
    """Nothing is left when stop() returns."""
    for lease in (1, 2, 3):
        shop.start("/hang", lease=lease)
    until(lambda: len(process_ids(str(tmp_path))) == 6)
    shop.workers.stop()
    assert process_ids(str(tmp_path)) == []


def test_a_command_that_is_not_there_is_a_failed_scan(tmp_path: Path) -> None:
    """Not a dead agent."""
    shop = Shop(tmp_path, command=("/does/not/exist",))
    assert shop.end("/find/1").startswith("no scanner could be started: ")
    assert list(shop.folder.iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [
        b'{"type":"rows","rows":[{"type":"mal"}]}\n',
        b'{"type":"unheard of"}\n',
        b"x" * 300_000,
        b"x" * 300_000 + b"\n",
        b"\xff\xfe\n",
    ],
)
def test_a_worker_that_says_nonsense_fails(tmp_path: Path, said: bytes) -> None:
    """A scanner that was taken over by a hostile file can't feed the agent whatever it likes."""
    shop = Shop(tmp_path, command=(sys.executable, "-c", SCRIPT.format(said)))
    assert shop.end() != ""


def test_nothing_is_taken_after_the_end(tmp_path: Path) -> None:
    """The first end counts."""
    said = write_line(Ended(failed="no")) + write_line(Ended())
    assert Shop(tmp_path, command=(sys.executable, "-c", SCRIPT.format(said))).end() == "no"


def test_the_guard_killed_from_outside_takes_its_scan_along(shop: Shop, tmp_path: Path) -> None:
    """The kernel sees to it."""
    shop.start("/find/1", "/hang")
    until(lambda: isinstance(shop.next(), RowsFound))
    guard = min(process_ids(str(tmp_path)))
    os.kill(guard, signal.SIGKILL)
    last = shop.rest()[-1]
    assert isinstance(last, WorkEnded)
    assert last.failure != ""
    assert process_ids(str(tmp_path)) == []


def test_the_usual_command_runs_the_real_scanners(tmp_path: Path) -> None:
    """An inventory of an empty root: an answer of the real scanner, whatever it is."""
    order = Order(options=VulJob(levels=[4], categories=[4]), root=os.fsencode(tmp_path), work=os.fsencode(tmp_path))
    process = subprocess.Popen(
        worker_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(write_line(order))
    process.stdin.flush()
    lines = process.stdout.read().splitlines()
    process.stdin.close()
    process.wait(30)
    assert isinstance(read_line(lines[-1]), Ended)


@pytest.mark.parametrize("order", [b"", b"{}\n", b"no json\n", b'{"options":{"type":"Vul"}}\n'])
def test_a_worker_without_an_order_ends_with_an_error(order: bytes) -> None:
    """And says nothing that could be taken for a result."""
    process = subprocess.run(worker_command(), input=order, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    assert process.returncode != 0
    assert process.stdout == b""


def test_reading_threads_end_with_their_workers(shop: Shop) -> None:
    """None is left over."""
    shop.run("/find/1")
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("scan ")])
