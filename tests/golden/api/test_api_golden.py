"""Every state and refusal worth an example, request and answer side by side in a file.

Write the files anew with HOSTWARD_TEST_GOLDEN=write, and read the difference before committing it.
"""

import json
import os
from pathlib import Path

import pytest

from api_scenarios import EXAMPLES, Example
from hostward.api.action import VERSIONS

HERE = Path(__file__).parent


def shown(example: Example) -> str:
    """The example as its file has it."""
    api = example.state()
    answer = api.call(
        example.action, example.request, service=example.service, extra={"x-tc-language": example.language}
    )
    document = {
        "About": (example.state.__doc__ or "").strip(),
        "Action": example.action,
        "Version": VERSIONS[example.service],
        "Language": example.language,
        "Request": example.request,
        "Answer": answer.body,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_the_answer_is_the_one_in_the_file(example: Example):
    """To the letter; members keep their order."""
    file = HERE / f"{example.name}.json"
    text = shown(example)
    if os.environ.get("HOSTWARD_TEST_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_file_is_left_of_an_example_that_is_gone():
    """Files and examples are the same set."""
    assert sorted(file.stem for file in HERE.glob("*.json")) == sorted(example.name for example in EXAMPLES)
