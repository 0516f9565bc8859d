"""The webhook actions: what they check, who may call them, and what they leave in the audit log."""

import json
from ipaddress import ip_network

import pytest

from account_bench import AccountBench
from hostward.api.webhook_values import MOST_IDS
from hostward.domain.account import Role
from hostward.domain.ids import WebhookId
from hostward.domain.webhook import Outcome
from webhook_samples import FakePost
from webhook_scenarios import NEW, URL


@pytest.fixture
def bench() -> AccountBench:
    """A gateway whose network answers as a test says."""
    made = AccountBench(allow_private=(ip_network("10.0.0.0/8"),))
    made.api.gateway._post = FakePost()
    return made


@pytest.fixture
def admin(bench: AccountBench):
    """An administrator."""
    return bench.client(bench.account())


def test_a_webhook_is_made_listed_changed_and_removed(admin) -> None:
    """What is left out of a change stays as it was."""
    made = admin.ok("CreateWebhook", NEW)
    assert (made["WebhookId"], len(made["Secret"])) == (1, 43)
    admin.ok("UpdateWebhook", {"WebhookId": 1, "Events": ["finding.new"], "Enabled": False})
    (one,) = admin.ok("ListWebhooks")["Webhooks"]
    assert (one["Name"], one["Url"], one["Events"], one["Level"], one["Enabled"]) == (
        "on call", URL, ["finding.new"], 3, False
    )  # fmt: skip
    admin.ok("UpdateWebhook", {"WebhookId": 1, "Name": "night", "Url": "http://10.1.2.3:8080/", "Level": 1})
    (one,) = admin.ok("ListWebhooks")["Webhooks"]
    assert (one["Name"], one["Url"], one["Events"], one["Level"], one["Enabled"], one["LastTime"]) == (
        "night", "http://10.1.2.3:8080/", ["finding.new"], 1, False, ""
    )  # fmt: skip
    admin.ok("DeleteWebhook", {"WebhookId": 1})
    assert admin.ok("ListWebhooks")["Webhooks"] == []


@pytest.mark.parametrize(("changed", "words"), [
    ({"Events": []}, "Events"), ({"Events": ["test"]}, "scan.finished, finding.new"),
    ({"Events": ["scan.finished"] * 4}, "Events"), ({"Level": 0}, "Level"), ({"Level": 5}, "1 - 4"),
    ({"Name": ""}, "name"),
    ({"Url": "http://127.0.0.1/"}, "notifications.allow_private"), ({"Url": "ftp://example.com/"}, "http(s)://"),
    ({"Url": "https://u:p@example.com/"}, "user and password"),
])  # fmt: skip
def test_a_webhook_nothing_could_be_sent_to_is_refused(admin, changed: dict, words: str) -> None:
    """When it is made and when it is changed; nothing is stored."""
    refused = admin("CreateWebhook", NEW | changed)
    assert (refused.code, words in refused.message) == ("InvalidParameterValue", True)
    admin.ok("CreateWebhook", NEW)
    refused = admin("UpdateWebhook", {"WebhookId": 1, **changed})
    assert (refused.code, words in refused.message) == ("InvalidParameterValue", True)
    assert [one["Url"] for one in admin.ok("ListWebhooks")["Webhooks"]] == [URL]


@pytest.mark.parametrize("number", [0, 7, MOST_IDS, 2**64 - 1])
@pytest.mark.parametrize("action", ["UpdateWebhook", "DeleteWebhook", "TestWebhook", "ListWebhookDeliveries"])
def test_an_unknown_webhook_is_said(admin, action: str, number: int) -> None:
    """Any number that is none of this account's."""
    refused = admin(action, {"WebhookId": number})
    assert (refused.code, str(number) in refused.message) == ("InvalidParameterValue", True)


def test_another_accounts_webhooks_are_out_of_reach(bench: AccountBench, admin) -> None:
    """For reading, testing and changing."""
    admin.ok("CreateWebhook", NEW)
    stranger = bench.client(bench.account("other"), "stranger")
    assert stranger.ok("ListWebhooks")["Webhooks"] == []
    for action in ("UpdateWebhook", "DeleteWebhook", "TestWebhook", "ListWebhookDeliveries"):
        assert stranger(action, {"WebhookId": 1}).code == "InvalidParameterValue"
    assert bench.api.gateway._post.sent == []


def test_a_test_says_what_came_back(bench: AccountBench, admin) -> None:
    """Signed with the webhook's own secret; it is noted as the last try, and kept as no message."""
    admin.ok("CreateWebhook", NEW)
    bench.api.gateway._post.answers[URL] = [Outcome(status=503, body="busy"), Outcome(error="no connection: refused")]
    assert admin.ok("TestWebhook", {"WebhookId": 1})["Problem"] == "the receiver answered HTTP 503"
    answer = admin.ok("TestWebhook", {"WebhookId": 1})
    assert {name: answer[name] for name in ("Status", "Body", "Problem")} == {
        "Status": 0, "Body": "", "Problem": "no connection: refused"
    }  # fmt: skip
    ((_, headers, body), _) = bench.api.gateway._post.sent
    assert (headers["X-Hostward-Event"], json.loads(body)["webhook_id"]) == ("test", 1)
    assert admin.ok("ListWebhookDeliveries", {"WebhookId": 1}) | {"RequestId": ""} == {
        "TotalCount": 0, "Deliveries": [], "RequestId": ""
    }  # fmt: skip
    (one,) = admin.ok("ListWebhooks")["Webhooks"]
    assert (one["LastStatus"], one["LastTime"] != "", one["Enabled"]) == (0, True, True)


def test_a_test_of_one_removed_meanwhile_is_noted_nowhere(bench: AccountBench, admin) -> None:
    """Its answer is told all the same."""
    admin.ok("CreateWebhook", NEW)

    class Removing(FakePost):
        async def send(self, url, headers, body):
            bench.store.write_now(lambda uow: uow.webhooks.drop(WebhookId(1)))
            return await super().send(url, headers, body)

    bench.api.gateway._post = Removing()
    assert admin.ok("TestWebhook", {"WebhookId": 1})["Status"] == 200


def test_operators_and_limited_users_have_no_part_in_it(bench: AccountBench) -> None:
    """Auditors may look; only an administrator of the whole account changes."""
    account = bench.account()
    clients = {
        "administrator": bench.client(account), "auditor": bench.client(account, "auditor", Role.AUDITOR),
        "operator": bench.client(account, "operator", Role.OPERATOR),
        "limited": bench.client(account, "limited", Role.ADMINISTRATOR, ("env=prod",)),
    }  # fmt: skip
    allowed = {
        action: [name for name, client in clients.items() if not client(action, request).code]
        for action, request in (("CreateWebhook", NEW), ("ListWebhooks", {}),
                                ("ListWebhookDeliveries", {"WebhookId": 1}),
                                ("TestWebhook", {"WebhookId": 1}))
    }  # fmt: skip
    assert allowed == {
        "CreateWebhook": ["administrator"], "ListWebhooks": ["administrator", "auditor"],
        "ListWebhookDeliveries": ["administrator", "auditor"], "TestWebhook": ["administrator"],
    }  # fmt: skip


def test_changes_are_audited_and_secrets_are_in_no_log(bench: AccountBench, admin) -> None:
    """By the webhook's number."""
    secret = admin.ok("CreateWebhook", NEW)["Secret"]
    admin.ok("DeleteWebhook", {"WebhookId": 1})
    entries = admin.ok("ListAuditEntries", {"Limit": 10})["Entries"]
    assert [(entry["Action"], entry["Target"]) for entry in entries] == [
        ("DeleteWebhook", "WebhookId 1"), ("CreateWebhook", "")
    ]  # fmt: skip
    assert secret not in json.dumps(entries)


def test_where_nothing_is_sent_a_test_is_refused(bench: AccountBench, admin) -> None:
    """In words; never a silent success."""
    admin.ok("CreateWebhook", NEW)
    bench.api.gateway._post = None
    assert "ask the running server" in admin("TestWebhook", {"WebhookId": 1}).message
