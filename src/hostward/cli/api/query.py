"""A part of an answer, by JMESPath (https://jmespath.org), as tccli and other cloud command lines take it."""

import json
from dataclasses import dataclass
from typing import Any

import click
import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from hostward.cli.api.sending import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An expression that was read. It is asked of the whole answer: {"Response": ...}."""

    text: str
    parsed: ParsedResult

    def of(self, response: Response) -> str:
        """What the expression says of an answer, as JSON (null for nothing). Raises click.UsageError."""
        try:
            found: Any = self.parsed.search({"Response": dict(response)})
        except JMESPathError as error:
            raise click.UsageError(f"--query {self.text!r} can't be asked of this answer: {error}") from None
        return json.dumps(found, indent=2, ensure_ascii=False)


def query_of(text: str) -> Query:
    """The query. Raises click.UsageError for what is no JMESPath expression."""
    try:
        return Query(text=text, parsed=jmespath.compile(text))
    except JMESPathError as error:
        where = str(error).partition("\n")[0]
        raise click.UsageError(
            f"--query {text!r} is no JMESPath expression, as in Response.ScanProgress: {where}"
        ) from None
