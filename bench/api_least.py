"""The least that any server must do for DescribeScanTaskDetails of 100 rows: a control for bench/api.py.

It verifies the TC3 signature with plain hmac, reads the rows with one prepared statement on the event loop, and encodes
them with msgspec. Everything else is left out: threads, limits, roles, rate, counters of the task, request log, other
languages, any check of what was sent but its signature.
"""

import hashlib
import hmac
import json
import sqlite3
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from hostward.api.actions.describe_scan_task_details import ScanTaskDetails
from hostward.api.machine_extra_info import MachineExtraInfo
from hostward.domain.ids import ROWS_PER_TASK
from hostward.domain.note import Code, Note, render

ROWS = """
SELECT t.seq, m.quuid, m.uuid, m.host_name, m.inner_ip, m.wan_ip, m.os_name, t.state, t.fail, t.risk_num,
       t.begin_at / 1000000, t.end_at / 1000000, t.note_code, t.note_values
FROM task_machine t JOIN machine m ON m.machine_id = t.machine_id
WHERE t.task_id = ? AND t.seq >= ? AND t.seq < ? ORDER BY t.seq
"""
STATUS = {4: "Ok", 5: "Fail", 3: "Stop", 6: "Stop"}
LIST = b'"ScanTaskDetailList":'


def least(folder: Path, secret: str, answer: bytes):
    """The application. answer: of the gateway, whose members beside the rows are sent as they are."""
    connection = sqlite3.connect(folder / "hostward.db", isolation_level=None)
    connection.execute("PRAGMA query_only=ON")
    rest = json.loads(answer)["Response"]
    del rest["ScanTaskDetailList"], rest["RequestId"]
    tail = b"," + msgspec.json.encode(rest)[1:-1] + b',"RequestId":"'
    encode = msgspec.json.Encoder().encode

    async def application(scope, receive, send) -> None:
        message = await receive()
        body = message["body"]
        headers = dict(scope["headers"])
        assert is_signed(headers, body, secret)
        asked = msgspec.json.decode(body)
        first = asked.get("Offset", 0)
        rows = connection.execute(ROWS, (asked["TaskId"], first, first + asked["Limit"])).fetchall()
        listed = encode([row(one, asked["TaskId"] * ROWS_PER_TASK) for one in rows])
        sent = b'{"Response":{' + LIST + listed + tail + str(uuid.uuid4()).encode() + b'"}}'
        named = [(b"content-type", b"application/json"), (b"content-length", str(len(sent)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": named})
        await send({"type": "http.response.body", "body": sent})

    return application


def is_signed(headers: dict[bytes, bytes], body: bytes, secret: str) -> bool:
    """Whether the signature is that of the request."""
    credential, names, given = headers[b"authorization"].decode().split(", ")
    _, day, service, end = credential.partition("Credential=")[2].split("/")
    signed = names.removeprefix("SignedHeaders=")
    lines = "".join(f"{name}:{headers[name.encode()].decode()}\n" for name in signed.split(";"))
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{headers[b'x-tc-timestamp'].decode()}\n{day}/{service}/{end}\n{digest}"
    expected = hmac.digest(day_key(secret, day, service), text.encode(), "sha256").hex()
    return hmac.compare_digest(expected, given.removeprefix("Signature="))


@lru_cache
def day_key(secret: str, day: str, service: str) -> bytes:
    """The signing key of a day."""
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def row(one: tuple, first: int) -> ScanTaskDetails:
    """One machine."""
    seq, quuid, agent, name, inner, wan, system, state, fail, risks, begin, end, code, values = one
    return ScanTaskDetails(
        inner, name, system, risks, when(begin), when(end), agent, quuid, STATUS.get(state, "Scanning"),
        words(code, values), first + seq, fail, wan, MachineExtraInfo(wan, inner, 0, "", quuid, name),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def when(seconds: int | None) -> str:
    """A time as the API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S") if seconds else ""


@lru_cache(maxsize=4096)
def words(code: str, values: str) -> str:
    """A note in words."""
    return render(Note(code=Code(code), values=json.loads(values)), "en-US")
