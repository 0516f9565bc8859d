"""OpenVEX documents in SQL."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from hostward.domain.ids import AccountId
from hostward.domain.ignoring import VexDocument
from hostward.store.ignore_tables import vex_document
from hostward.store.session import Prepared, Session
from hostward.store.texts import clean, cleaned
from hostward.store.times import micros, time_of
from hostward.store.upsert import upserting

_D = vex_document.c
_COLUMNS = (_D.document, _D.author, _D.version, _D.issued, _D.imported, _D.owner, _D.rules, _D.statements)
_MINE = _D.account_id == bindparam("of_account")
_EVERY = Prepared(select(*_COLUMNS).where(_MINE).order_by(_D.imported.desc(), _D.document))
_PUT = upserting(
    vex_document,
    key=("account_id", "document"),
    change=lambda new: {column.name: new[column.name] for column in _COLUMNS[1:]},
)
_DROP = Prepared(delete(vex_document).where(_MINE, _D.document == bindparam("which")))


def of_account(session: Session, account: AccountId) -> Sequence[VexDocument]:
    """The account's documents, newest first."""
    return [
        VexDocument(
            account=account, id=name, author=author, version=version, issued=time_of(issued),
            imported=time_of(imported), owner=owner, rules=rules, statements=statements,
        )
        for name, author, version, issued, imported, owner, rules, statements in session.rows(
            _EVERY, of_account=account
        )
    ]  # fmt: skip


def put(session: Session, document: VexDocument) -> None:
    """Remember a document."""
    one = cleaned(document)
    session.run(
        _PUT(session.dialect.name), account_id=one.account, document=one.id, author=one.author, version=one.version,
        issued=micros(one.issued), imported=micros(one.imported), owner=one.owner, rules=one.rules,
        statements=one.statements,
    )  # fmt: skip


def drop(session: Session, account: AccountId, document: str) -> None:
    """Forget a document."""
    session.run(_DROP, of_account=account, which=clean(document))
