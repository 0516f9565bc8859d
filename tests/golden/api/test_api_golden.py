"""Every state and refusal worth an example, request and answer side by side in a file.

Write the files anew with HOSTWARD_TEST_GOLDEN=write, and read the difference before committing it.
"""

import json
import os
import re
from pathlib import Path

import pytest

from account_scenarios import ACCOUNT_EXAMPLES, NEW_SECRET, NEW_TOKEN, steady_secrets
from api_scenarios import EXAMPLES, Example
from console_scenarios import CONSOLE_EXAMPLES
from enrolment_scenarios import ENROLMENT_EXAMPLES
from feed_scenarios import FEED_EXAMPLES
from fleet_vul_scenarios import FLEET_VUL_EXAMPLES
from hostward.api.action import VERSIONS
from hostward.api.actions import ACTIONS
from ignore_scenarios import IGNORE_EXAMPLES
from signing_in_scenarios import SIGNING_IN_EXAMPLES
from vul_event_scenarios import VUL_EVENT_EXAMPLES
from vul_scenarios import VUL_EXAMPLES
from webhook_scenarios import WEBHOOK_EXAMPLES

HERE = Path(__file__).parent
ALL = (
    *(*EXAMPLES, *ACCOUNT_EXAMPLES, *SIGNING_IN_EXAMPLES, *WEBHOOK_EXAMPLES, *CONSOLE_EXAMPLES, *ENROLMENT_EXAMPLES),
    *FEED_EXAMPLES,
    *IGNORE_EXAMPLES,
    *VUL_EXAMPLES,
    *FLEET_VUL_EXAMPLES,
    *VUL_EVENT_EXAMPLES,
)
SECRETS = re.compile(r'"(?:SecretKey|TmpSecretKey|Token)": "([^"]*)"')


def shown(example: Example) -> str:
    """The example as its file has it."""
    api = example.state()
    with steady_secrets():
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


@pytest.mark.parametrize("example", ALL, ids=lambda one: one.name)
def test_the_answer_is_the_one_in_the_file(example: Example):
    """To the letter; members keep their order."""
    file = HERE / f"{example.name}.json"
    text = shown(example)
    if os.environ.get("HOSTWARD_TEST_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_no_file_is_left_of_an_example_that_is_gone():
    """Files and examples are the same set."""
    assert sorted(file.stem for file in HERE.glob("*.json")) == sorted(example.name for example in ALL)


def test_every_action_has_a_pair():
    """So that its page in the reference and in the API Explorer has an example."""
    shown_actions = {(example.service, example.action) for example in ALL}
    assert {(action.service, action.name) for action in ACTIONS} - shown_actions == set()


def test_no_file_holds_a_secret_that_was_drawn():
    """Secrets in examples are made up, so that none looks like one that leaked."""
    text = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("*.json"))
    assert set(SECRETS.findall(text)) == {NEW_SECRET, NEW_TOKEN}
