"""`hostward up --once`: one command that judges the machine before you."""

from pathlib import Path

from running import hostward


def test_once_scans_all_three_modules_and_sums_up(tmp_path: Path):
    """0 when everything was judged, 6 when not, and then it says what; plain text in a pipe."""
    done = hostward("up", "--once", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0")
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 8]
    assert [row[0] for row in rows] == ["MODULE", "Vul", "Malware", "Baseline"], done.stdout + done.stderr
    assert {row[2] for row in rows[1:]} <= {"Ok", "Ok, in part"}
    whole = all(row[8] == "-" for row in rows[1:])
    assert done.returncode == (0 if whole else 6)
    assert "\x1b" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
