"""ScanSbom (service hostward): judge a bill of materials by the advisories there are; nothing of it is stored."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.errors import ApiError, Code
from hostward.api.filters import MAX_VALUE_CHARS
from hostward.api.texts import NO_BILLS
from hostward.api.values import wrong_value
from hostward.api.vulnerability_rows import BillVulnerability, bill_vulnerability
from hostward.usecases.vulnerabilities.scan_bill import judged

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

MAX_DOCUMENT: Final = 8 << 20
"""Bytes of a bill: a machine with 3,000 packages has some 5 MB. The whole request may have 10 MB."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Document: the text of a CycloneDX or SPDX bill. Name: what it is of; "" for what it says itself."""

    document: str
    name: str = ""


class NotJudged(msgspec.Struct, rename="pascal", kw_only=True):
    """What could not be judged. Name: a package or an ecosystem, "" for what has no name."""

    name: str
    reason: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """What the bill describes, and every vulnerability that counts there, worst first."""

    name: str
    format: str
    os_name: str
    packages: int
    not_judged: list[NotJudged]
    total_count: int
    vulnerabilities: list[BillVulnerability]


async def answer(ctx: Context, request: Request) -> Response:
    """Judge it."""
    if len(request.name) > MAX_VALUE_CHARS:
        wrong_value("Name", request.name, f"up to {MAX_VALUE_CHARS} characters")
    document = request.document.encode()
    if len(document) > MAX_DOCUMENT:
        wrong_value("Document", f"{len(document)} bytes", f"up to {MAX_DOCUMENT} bytes; split the bill")
    if ctx.bills is None:
        raise ApiError(Code.UNSUPPORTED_OPERATION, NO_BILLS)
    bill = await ctx.bills.read(document)
    found = await ctx.store.read(lambda uow: judged(uow, bill, now=ctx.now))
    return Response(
        name=request.name or bill.subject,
        format=bill.format,
        os_name=bill.facts.os_name,
        packages=len(bill.packages),
        not_judged=[NotJudged(name=name, reason=reason) for name, reason in found.not_judged],
        total_count=len(found.vulnerabilities),
        vulnerabilities=[bill_vulnerability(vul, bringers) for vul, bringers in found.vulnerabilities],
    )
