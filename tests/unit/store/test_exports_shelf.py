"""Exports as files: what is kept, for how long, and what is in them."""

import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_bench import csv_rows, xlsx_rows
from hostward.domain.account import Role, User
from hostward.domain.errors import Conflict
from hostward.domain.ids import AccountId, UserId
from hostward.store import exports_xlsx
from hostward.store.exports import FileShelf
from hostward.store.exports_csv import safe
from hostward.usecases.exports.shelf import LIFE, MOST_KEPT, MOST_PENDING, Export, Format, Row, Status, Table

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "a\nb",
    'a"b',
    "a,b",
    "名字",
    "",
    "'x",
    "a\0b",
    "\ud800",
)


def export(number: int = 1, *, account: int = 1, at: datetime = NOW) -> Export:
    """An export with this number for its id."""
    return Export(
        id=f"{number:032x}", account=AccountId(account), user=UserId(1), tags=(), name=f"vul-scan-{number}", created=at
    )


def table(*rows: Row) -> Table:
    """A table of two columns."""
    return Table(title="Machines", header=("Host name", "Risks"), rows=rows)


@pytest.fixture
def shelf(tmp_path: Path) -> FileShelf:
    """An empty shelf, whose folder is not there yet."""
    return FileShelf(tmp_path / "exports")


def finished(shelf: FileShelf, one: Export, *rows: Row) -> Export:
    """An export that is done."""
    shelf.begin(one)
    shelf.write(one, table(*rows))
    shelf.end(one.ended(Status.FINISHED))
    return one


def content(shelf: FileShelf, one: Export, kind: Format) -> bytes:
    """A whole file."""
    with shelf.open(one, kind) as file:
        return file.read()


def test_both_files_have_the_header_and_the_rows(shelf: FileShelf):
    """Numbers are numbers in the sheet."""
    one = finished(shelf, export(), ("web-1", 3), ("数据库", 0))
    expected = [["Host name", "Risks"], ["web-1", "3"], ["数据库", "0"]]
    assert csv_rows(content(shelf, one, Format.CSV)) == expected
    assert xlsx_rows(content(shelf, one, Format.XLSX)) == expected


def test_an_export_of_no_machine_is_a_header(shelf: FileShelf):
    """No rows, no error."""
    one = finished(shelf, export())
    assert csv_rows(content(shelf, one, Format.CSV)) == [["Host name", "Risks"]]
    assert xlsx_rows(content(shelf, one, Format.XLSX)) == [["Host name", "Risks"]]


def test_hostile_names_stay_texts(shelf: FileShelf):
    """No cell is a formula in either file, and every other name is there to the letter."""
    one = finished(shelf, export(), *((name, 1) for name in HOSTILE))
    in_csv = [row[0] for row in csv_rows(content(shelf, one, Format.CSV))][1:]
    in_xlsx = [row[0] for row in xlsx_rows(content(shelf, one, Format.XLSX))][1:]
    assert len(in_csv) == len(in_xlsx) == len(HOSTILE)
    assert not [cell for cell in in_csv if cell.lstrip()[:1] in "=+-@＝＋－＠" and cell]
    assert in_csv[:3] == ["'=1+1", "'+1", "'-2"]
    assert in_csv[8:14] == ["a\nb", 'a"b', "a,b", "名字", "", "'x"]
    assert (in_xlsx[0], in_xlsx[9], in_xlsx[11]) == ("=1+1", 'a"b', "名字")


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.text(max_size=20), max_size=8))
def test_any_name_can_be_exported(tmp_path_factory: pytest.TempPathFactory, names: list[str]):
    """Whatever hosts call themselves, both files can be read back, row by row, and hold no formula."""
    shelf = FileShelf(tmp_path_factory.mktemp("any") / "exports")
    one = finished(shelf, export(), *((name, 7) for name in names))
    rows = csv_rows(content(shelf, one, Format.CSV))
    assert [row[1] for row in rows[1:]] == ["7"] * len(names)
    assert len(xlsx_rows(content(shelf, one, Format.XLSX))) == len(names) + 1


@pytest.mark.parametrize("sign", list("=+-@\t\r\n＝＋－＠"))
def test_a_cell_that_would_calculate_is_made_a_text(sign: str):
    """Numbers are left alone."""
    assert safe(sign + "1") == "'" + sign + "1"
    assert (safe("a" + sign), safe(-1), safe("")) == ("a" + sign, -1, "")


@pytest.mark.parametrize("before", [" ", "\u00a0", "  \t"])
def test_blanks_before_a_formula_hide_nothing(before: str):
    """Spreadsheets pass over some of them."""
    assert safe(before + "=1") == "'" + before + "=1"


def test_a_cell_holds_no_more_than_a_sheet_can(shelf: FileShelf):
    """32,767 characters; the CSV has them all."""
    one = finished(shelf, export(), ("x" * 40_000, 1))
    assert len(xlsx_rows(content(shelf, one, Format.XLSX))[1][0]) == 32_767
    assert len(csv_rows(content(shelf, one, Format.CSV))[1][0]) == 40_000


def test_more_rows_than_a_sheet_holds_go_on_in_another(shelf: FileShelf, monkeypatch: pytest.MonkeyPatch):
    """Each sheet with its own header."""
    monkeypatch.setattr(exports_xlsx, "ROWS_PER_SHEET", 2)
    one = finished(shelf, export(), ("a", 1), ("b", 2), ("c", 3))
    data = content(shelf, one, Format.XLSX)
    assert xlsx_rows(data, 1) == [["Host name", "Risks"], ["a", "1"], ["b", "2"]]
    assert xlsx_rows(data, 2) == [["Host name", "Risks"], ["c", "3"]]


def test_files_are_their_owners_alone(shelf: FileShelf, tmp_path: Path):
    """0600 in a folder of 0700, and no draft is left."""
    finished(shelf, export(), ("web-1", 3))
    folder = tmp_path / "exports"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        ".json": 0o600, ".csv": 0o600, ".xlsx": 0o600,
    }  # fmt: skip


def test_an_export_is_kept_for_a_day(shelf: FileShelf, tmp_path: Path):
    """Then nobody gets it, and the next sweep removes its files."""
    one = finished(shelf, export(), ("web-1", 3))
    assert shelf.get(one.id, NOW + LIFE - timedelta(seconds=1)) is not None
    assert shelf.get(one.id, NOW + LIFE) is None
    shelf.sweep(NOW + LIFE)
    assert list((tmp_path / "exports").iterdir()) == []


def test_exports_survive_a_restart(shelf: FileShelf, tmp_path: Path):
    """A finished one is there with its files; one that was being made has failed."""
    done, half = finished(shelf, export(1), ("web-1", 3)), export(2)
    shelf.begin(half)
    again = FileShelf(tmp_path / "exports")
    again.load(NOW)
    assert again.get(done.id, NOW) == done.ended(Status.FINISHED)
    assert again.get(half.id, NOW) == half.ended(Status.ERROR)
    assert csv_rows(content(again, done, Format.CSV))[1] == ["web-1", "3"]


def test_a_restart_removes_what_is_too_old_and_what_belongs_to_nothing(shelf: FileShelf, tmp_path: Path):
    """Drafts, files without a record, records that are none, links; what a link leads to stays."""
    finished(shelf, export(1), ("web-1", 3))
    folder, outside = tmp_path / "exports", tmp_path / "outside"
    outside.write_text("mine")
    for name in ("tmpabc", f"{9:032x}.csv", f"{1:032x}.json.new"):
        (folder / name).write_bytes(b"x")
    (folder / f"{8:032x}.json").write_text('{"id":"../../etc/passwd"}')
    (folder / f"{7:032x}.json").symlink_to(outside)
    os.mkfifo(folder / f"{6:032x}.json")
    kept = FileShelf(folder)
    kept.load(NOW)
    assert sorted(path.name for path in folder.iterdir()) == [f"{1:032x}{end}" for end in (".csv", ".json", ".xlsx")]
    assert outside.read_text() == "mine"
    FileShelf(folder).load(NOW + LIFE)
    assert list(folder.iterdir()) == []


def test_a_record_of_another_id_is_none(shelf: FileShelf, tmp_path: Path):
    """A copied file gives no second life."""
    finished(shelf, export(1))
    (tmp_path / "exports" / f"{2:032x}.json").write_bytes((tmp_path / "exports" / f"{1:032x}.json").read_bytes())
    again = FileShelf(tmp_path / "exports")
    again.load(NOW)
    assert again.get(export(2).id, NOW) is None


def test_too_many_that_are_not_ready_are_refused(shelf: FileShelf):
    """Of one account; others are not kept waiting by it."""
    for number in range(MOST_PENDING):
        shelf.begin(export(number))
    with pytest.raises(Conflict, match="5 exports"):
        shelf.begin(export(98))
    shelf.begin(export(99, account=2))


def test_a_new_export_takes_the_place_of_the_oldest(shelf: FileShelf, tmp_path: Path):
    """Never more than MOST_KEPT of an account; those of others and those not ready stay."""
    other = finished(shelf, export(500, account=2))
    for number in range(MOST_KEPT):
        finished(shelf, export(number, at=NOW + timedelta(seconds=number)))
    newest = export(100, at=NOW + timedelta(minutes=1))
    shelf.begin(newest)
    known = [number for number in range(MOST_KEPT) if shelf.get(export(number).id, NOW) is not None]
    assert known == list(range(1, MOST_KEPT))
    assert shelf.get(other.id, NOW) is not None
    assert not (tmp_path / "exports" / f"{0:032x}.xlsx").exists()


def test_files_of_an_export_that_failed_are_removed(shelf: FileShelf, tmp_path: Path):
    """Half a file is nobody's."""
    one = export()

    def rows() -> Iterator[Row]:
        yield ("web-1", 3)
        raise OSError("no space left")

    shelf.begin(one)
    with pytest.raises(OSError, match="no space left"):
        shelf.write(one, Table(title="Machines", header=("a", "b"), rows=rows()))
    shelf.end(one.ended(Status.ERROR))
    assert [path.suffix for path in (tmp_path / "exports").iterdir() if path.suffix in (".csv", ".xlsx")] == []
    found = shelf.get(one.id, NOW)
    assert found is not None
    assert found.status is Status.ERROR


def test_an_export_that_was_removed_meanwhile_stays_removed(shelf: FileShelf, tmp_path: Path):
    """Its end does not bring it back."""
    one = export()
    shelf.begin(one)
    shelf.sweep(NOW + LIFE)
    shelf.end(one.ended(Status.FINISHED))
    assert (shelf.get(one.id, NOW), list((tmp_path / "exports").iterdir())) == (None, [])


def test_a_link_in_the_place_of_a_file_is_not_followed(shelf: FileShelf, tmp_path: Path):
    """Neither when it is read nor when it is written."""
    one = finished(shelf, export())
    path = tmp_path / "exports" / f"{one.id}.csv"
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(OSError, match="symbolic"):
        shelf.open(one, Format.CSV)
    with pytest.raises(FileExistsError):
        shelf.write(one, table())


def test_many_threads_keep_their_exports_apart(shelf: FileShelf):
    """Each gets its own rows back."""
    made = [export(number, account=number) for number in range(6)]
    threads = [threading.Thread(target=finished, args=(shelf, one, (one.name, 1))) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [csv_rows(content(shelf, one, Format.CSV))[1][0] for one in made] == [one.name for one in made]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, True), ({"account": 2}, False), ({"id": 2}, False), ({"tags": ("env=prod",)}, False)],
)
def test_an_export_is_for_who_asked_for_it(changes: dict, expected: bool):
    """Nobody else of the account, and not after the machines they may see have changed."""
    known = {"id": 1, "account": 1, "name": "admin", "role": Role.ADMINISTRATOR} | changes
    assert export().is_for(User(**known)) is expected
