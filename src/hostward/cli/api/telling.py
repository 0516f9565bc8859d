"""What the command prints: answers, errors with their exit status, the list of actions, skeletons."""

import json
from collections.abc import Iterator
from typing import Any, Final, Literal

import click

from hostward.api.action import VERSIONS
from hostward.api.schema import ActionSchema, Field, ServiceSchema, Words, service_schema
from hostward.cli.api.query import Query
from hostward.cli.api.sending import Response
from hostward.cli.statuses import FAILED, NO_ACCESS, NOT_FOUND

Output = Literal["text", "json"]


_STATUS: Final = (
    ("AuthFailure", NO_ACCESS),
    ("UnauthorizedOperation", NO_ACCESS),
    ("ResourceNotFound", NOT_FOUND),
    ("InvalidAction", NOT_FOUND),
    ("NoSuchProduct", NOT_FOUND),
    ("NoSuchVersion", NOT_FOUND),
)
"""Exit status by the part of a code before the dot; any other is FAILED."""


def tell(response: Response, output: Output, query: Query | None = None) -> int:
    """Print an answer, or what a query says of it, to stdout, or an error to stderr; the exit status."""
    error = response.get("Error")
    if error is None:
        click.echo(json.dumps(response, indent=2, ensure_ascii=False) if query is None else query.of(response))
        return 0
    told(str(error.get("Code")), str(error.get("Message")), str(response.get("RequestId", "")), output)
    return status_of(str(error.get("Code")))


def told(code: str, message: str, request_id: str, output: Output) -> None:
    """Print an error to stderr."""
    if output == "json":
        said = {"error": {"code": code, "message": message, "requestId": request_id}}
        click.echo(json.dumps(said, ensure_ascii=False), err=True)
        return
    click.echo(f"error: {message} ({code}{f', RequestId {request_id}' if request_id else ''})", err=True)


def status_of(code: str) -> int:
    """The exit status that stands for a code."""
    family = code.partition(".")[0]
    return next((status for name, status in _STATUS if name == family), FAILED)


def listing(word: str, language: str) -> Iterator[str]:
    """A line an action whose name or words have the word in them, whatever its case."""
    for service in VERSIONS:
        for action in service_schema(service).actions:
            words = said(action.documentation, language)
            if word.lower() in f"{action.name} {words}".lower():
                yield f"{service:<9} {action.name:<34} {action.permission:<15} {words}"


def skeleton(service: str, action: str) -> dict[str, Any]:
    """A request with every parameter: what it has by default, else the first value of its kind."""
    schema = service_schema(service)
    return {one.name: _filled(one, schema) for one in found(schema, action).request}


def found(schema: ServiceSchema, action: str) -> ActionSchema:
    """The action of that name. Raises LookupError."""
    for one in schema.actions:
        if one.name == action:
            return one
    raise LookupError(action)


def said(words: Words, language: str) -> str:
    """The words in a language of the API."""
    return words.zh if language == "zh-CN" else words.en


def _filled(field: Field, schema: ServiceSchema) -> object:
    if field.structure:
        inside = {one.name: _filled(one, schema) for one in schema.structures[field.structure]}
        return [inside] if field.type == "array" else inside
    if not field.required and isinstance(field.default, str | int | list):
        return field.default
    if field.type == "array":
        return [field.choices[0].value] if field.choices else []
    if field.choices:
        return field.choices[0].value
    return {"string": "", "boolean": False}.get(field.type, field.minimum or 0)
