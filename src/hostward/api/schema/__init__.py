"""What every action takes and answers, in one document a service: `GET /schema/SERVICE/VERSION.json`.

Types, defaults and error codes come from the table ACTIONS and its structs; what structs can't say (units, limits,
choices, the words in both languages) from one file an action in texts/; examples from the golden files.
"""

from hostward.api.schema.document import encoded, service_schema
from hostward.api.schema.model import ActionSchema, ErrorSchema, Example, Field, FilterName, ServiceSchema, Words

__all__ = [
    "ActionSchema",
    "ErrorSchema",
    "Example",
    "Field",
    "FilterName",
    "ServiceSchema",
    "Words",
    "encoded",
    "service_schema",
]
