"""kill -9 in the middle of a backup or a restore: there is the old or the new, never a part and never a mix."""

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hostward.domain.errors import DataDirectoryError
from hostward.store.backup import backup
from hostward.store.open import open_store
from hostward.store.restore import restore
from store_samples import NOW, facts

KILLS = 8
SEED = 20261124
RUN = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from hostward.store.backup import backup
from hostward.store.restore import restore
now = datetime.fromtimestamp(1795000000 + int(sys.argv[4]), timezone.utc)
print("go", flush=True)
if sys.argv[1] == "backup":
    backup(Path(sys.argv[2]), Path(sys.argv[3]), now)
else:
    restore(Path(sys.argv[3]), Path(sys.argv[2]), now, replace=sys.argv[1] == "replace")
print("done", flush=True)
"""


def data(folder: Path, name: str, keys: int) -> Path:
    """A data directory whose database and settings say whose they are; large enough to take a moment."""
    with closing(open_store(folder)) as store:
        account = store.write_now(lambda uow: uow.accounts.add_account(name))
        for number in range(keys):
            store.write_now(lambda uow, n=number: uow.machines.enrol(
                account, b"%d" % n, facts(f"host-{n}", os_name="x" * 200), quuid=f"q{n}", uuid=f"u{n}"))  # fmt: skip
    (folder / "hostward.toml").write_text(f"# {name}\n")
    return folder


def told(folder: Path) -> tuple[int, str]:
    """How many machines a directory has, and what its settings say."""
    with closing(open_store(folder)) as store:
        (account,) = store.read_now(lambda uow: uow.accounts.all())
        machines = len(store.read_now(lambda uow: uow.machines.of_account(account)))
    return machines, (folder / "hostward.toml").read_text()


def unused(folder: Path) -> bool:
    """Whether a directory beside the data was only begun, and never held data that somebody used."""
    return (folder / "restoring").exists() or not any(folder.iterdir())


def killed(seconds: float, *arguments: object) -> bool:
    """Run it and kill it so long after it began; whether it was done before."""
    process = subprocess.Popen([sys.executable, "-c", RUN, *map(str, arguments)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"go\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.wait(10)
    process.stdout.close()
    return rest == b"done\n"


def whole_time(*arguments: object) -> float:
    """How long one takes when it is let."""
    process = subprocess.Popen([sys.executable, "-c", RUN, *map(str, arguments)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    began = time.monotonic()
    assert process.stdout.read() == b"done\n"
    process.wait(10)
    process.stdout.close()
    return time.monotonic() - began


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of 400 machines, and the directory it was made of."""
    folder = tmp_path_factory.mktemp("killed")
    data(folder / "new", "new", 400)
    backup(folder / "new", folder / "new.backup", NOW)
    return folder


def test_a_killed_restore_leaves_the_old_or_the_new(place: Path, tmp_path: Path) -> None:
    """In the place of data: what a server finds there is one of the two, database and settings alike."""
    moments, here = random.Random(SEED), data(tmp_path / "data", "old", 30)
    span = whole_time("replace", data(tmp_path / "timed", "old", 30), place / "new.backup", 0)
    seen = set()
    for number in range(1, KILLS + 1):
        done = killed(moments.uniform(0, 1.1 * span), "replace", here, place / "new.backup", number)
        found = told(here)
        assert found in {(30, "# old\n"), (400, "# new\n")}
        assert not done or found[0] == 400
        seen.add(found[0])
        if found[0] == 400:  # begin again with the old one
            (kept,) = (one for one in tmp_path.glob("data.before-*") if not unused(one))
            assert told(kept) == (30, "# old\n")
            here.rename(tmp_path / f"gone-{number}")
            kept.rename(here)
    restore(place / "new.backup", here, NOW, replace=True)
    assert told(here) == (400, "# new\n")
    left = [one for one in tmp_path.glob("data.before-*") if unused(one)]
    assert (left, 30 in seen) == ([], True)


def test_a_killed_restore_into_nothing_leaves_nothing_or_all(place: Path, tmp_path: Path) -> None:
    """No server starts on a part; the same command run again makes it whole."""
    moments = random.Random(SEED)
    span = whole_time("fill", tmp_path / "timed", place / "new.backup", 0)
    for number in range(KILLS):
        here = tmp_path / str(number)
        killed(moments.uniform(0, 1.1 * span), "fill", here, place / "new.backup", number)
        if not (here / "hostward.db").exists():
            if (here / "restoring").is_dir():
                with pytest.raises(DataDirectoryError, match="interrupted"):
                    open_store(here)
            restore(place / "new.backup", here, NOW, replace=False)
        assert told(here) == (400, "# new\n")


def test_a_killed_backup_is_whole_or_not_there(place: Path, tmp_path: Path) -> None:
    """A file by its name can always be restored."""
    moments = random.Random(SEED)
    span = whole_time("backup", place / "new", tmp_path / "timed", 0)
    for number in range(KILLS):
        file = tmp_path / f"{number}.backup"
        done = killed(moments.uniform(0, 1.1 * span), "backup", place / "new", file, number)
        assert file.exists() or not done
        if file.exists():
            restore(file, tmp_path / f"data{number}", NOW, replace=False)
            assert told(tmp_path / f"data{number}") == (400, "# new\n")
