"""The PostgreSQL that tests are given."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from capabilities import POSTGRES_URL
from own_postgres import libpq_url


def one(url: str, query: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(libpq_url(url)) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def test_each_test_has_an_empty_database_of_its_own(postgres_database: str, postgres_url: str) -> None:
    """What one test leaves behind can't help or break another."""
    assert postgres_database != postgres_url
    assert one(postgres_database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0


def test_the_database_has_the_encoding_of_the_product(postgres_database: str) -> None:
    """Names on hosts are in every script."""
    assert one(postgres_database, "SHOW server_encoding") == "UTF8"


@pytest.mark.skipif(POSTGRES_URL in os.environ, reason=f"{POSTGRES_URL} names another server")
def test_the_own_server_listens_on_its_socket_only_and_not_as_root(postgres_url: str) -> None:
    """No port of the machine is taken, and its folder is closed to others."""
    folder = Path(parse_qs(urlsplit(postgres_url).query)["host"][0])
    assert one(postgres_url, "SHOW listen_addresses") == ""
    assert (folder.stat().st_mode & 0o077, (folder / "data").stat().st_uid == 0) == (0, False)
