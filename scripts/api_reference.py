"""The pages of docs/reference/api, written from the API's own document, and the examples that the document has.

scripts/write_reference.py writes them (`make docs`); a test compares what is in the tree with what this would write.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hostward.api.action import VERSIONS
from hostward.api.schema import ActionSchema, Field, ServiceSchema, service_schema

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden" / "api"
EXAMPLES = ROOT / "src" / "hostward" / "api" / "schema" / "texts" / "examples"
PAGES = ROOT / "docs" / "reference" / "api"


def examples_files() -> dict[Path, str]:
    """The golden pairs by action, a file a service, as the package carries them."""
    found: dict[str, dict[str, list[dict[str, object]]]] = {service: {} for service in VERSIONS}
    services = {version: service for service, version in VERSIONS.items()}
    for file in sorted(GOLDEN.glob("*.json")):
        pair = json.loads(file.read_text(encoding="utf-8"))
        of_action = found[services[pair["Version"]]].setdefault(pair["Action"], [])
        of_action.append(
            {
                "name": file.stem,
                "about": pair["About"],
                "language": pair["Language"],
                "request": pair["Request"],
                "answer": pair["Answer"],
            }
        )
    return {EXAMPLES / f"{service}.json": _compact(actions) for service, actions in found.items()}


def pages() -> dict[Path, str]:
    """Every page: one a service."""
    return {PAGES / f"{service}.md": _page(service_schema(service)) for service in VERSIONS}


def _compact(actions: dict[str, list[dict[str, object]]]) -> str:
    """JSON with a pair a line, so that a change shows as the lines of what changed."""
    blocks = []
    for action, pairs in sorted(actions.items()):
        lines = ",\n".join(f"  {json.dumps(pair, ensure_ascii=False)}" for pair in pairs)
        blocks.append(f" {json.dumps(action)}: [\n{lines}\n ]")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _page(schema: ServiceSchema) -> str:
    head = (
        f"# Actions of the service {schema.service}, version {schema.version}\n\n"
        "<!-- Written by `make docs` from src/hostward/api/actions and src/hostward/api/schema/texts. -->\n\n"
        f"The same as data, in English and Chinese: `GET /schema/{schema.service}/{schema.version}.json`. To try one:\n"
        "`hostward api ACTION --Parameter VALUE`; to get a program: add `--code python` (or node, go, java, php,\n"
        "dotnet, curl, tccli).\n\n"
        f"A request may have {_bytes(schema)}.\n"
    )
    parts = [head, _contents(schema), *map(_action, schema.actions), _structures(schema), _errors(schema)]
    return "\n".join(parts)


def _bytes(schema: ServiceSchema) -> str:
    named = {"get": "as a GET", "form": "as a form", "json": "as JSON"}
    return ", ".join(f"{size:,} bytes {named[form]}" for form, size in schema.request_bytes.items())


def _contents(schema: ServiceSchema) -> str:
    rows = (
        f"| [{one.name}](#{one.name.lower()}) | {one.documentation.en} | `{one.permission}` |\n"
        for one in schema.actions
    )
    return f"| Action | What it does | Permission |\n|---|---|---|\n{''.join(rows)}"


def _action(action: ActionSchema) -> str:
    changes = " Its calls are in the audit log." if action.changes else ""
    return (
        f"## {action.name}\n\n{action.documentation.en}\n\n"
        f"Takes the permission `{action.permission}` ({', '.join(action.roles)}).{changes}\n\n"
        f"Request:\n\n{_request(action.request)}\nAnswer:\n\n{_answer(action.response)}{_example(action)}"
    )


def _request(fields: tuple[Field, ...]) -> str:
    if not fields:
        return "no parameters.\n"
    rows = "".join(
        f"| {one.name} | {_type(one)} | {'yes' if one.required else _shown(one.default)} | {_said(one)} |\n"
        for one in fields
    )
    return f"| Parameter | Type | Required, or default | What |\n|---|---|---|---|\n{rows}"


def _answer(fields: tuple[Field, ...]) -> str:
    rows = "".join(f"| {one.name} | {_type(one)} | {_said(one)} |\n" for one in fields)
    return f"| Member | Type | What |\n|---|---|---|\n{rows}"


def _type(one: Field) -> str:
    inner = f"[{one.structure}](#{one.structure.lower()})" if one.structure else one.item or one.type
    return f"array of {inner}" if one.type == "array" else inner


def _shown(value: object) -> str:
    return "stays as it is" if value is msgspec.UNSET else f"`{json.dumps(value)}`"


def _said(one: Field) -> str:
    return " ".join([one.documentation.en, *_facts(one)]).replace("|", "\\|")


def _facts(one: Field) -> Iterator[str]:
    """Unit, limits and choices, each a short sentence."""
    if one.unit:
        yield f"In {one.unit}."
    if one.format:
        yield {"time": "As HH:MM or HH:MM:SS.", "date-time": "As YYYY-MM-DD HH:MM:SS."}[one.format]
    if one.choices:
        yield "; ".join(f"`{choice.value}` {choice.documentation.en}" for choice in one.choices) + "."
    elif one.minimum is not None and one.maximum is not None and one.maximum < 2**63 - 1:
        yield f"{one.minimum:,} to {one.maximum:,}."
    if one.most_items:
        yield f"{one.least_items:,} to {one.most_items:,} of them."


def _example(action: ActionSchema) -> str:
    """The shortest pair that was no error."""
    good = [one for one in action.examples if "Error" not in one.answer["Response"]]
    if not good:
        return ""
    best = min(good, key=lambda one: len(json.dumps(one.answer)))
    return (
        f"\nExample ({best.about.rstrip('.')}):\n\n```json\n{json.dumps(best.request, indent=2, ensure_ascii=False)}\n"
        f"```\n\n```json\n{json.dumps(best.answer, indent=2, ensure_ascii=False)}\n```\n"
    )


def _structures(schema: ServiceSchema) -> str:
    named = (f"### {name}\n\n{_answer(fields)}" for name, fields in schema.structures.items())
    return "## Structures\n\n" + "\n".join(named)


def _errors(schema: ServiceSchema) -> str:
    rows = "".join(
        f"| `{one.code}` | {one.cause.en} | {one.remedy.en} |\n" for one in schema.errors if one.sent
    )  # fmt: skip
    return f"## Error codes\n\n| Code | What makes it | What to do |\n|---|---|---|\n{rows}"
