"""Keys, users and roles, the audit log, webhooks, and one's own password."""

import http.client
import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

import tc3
from console_browser import Tabs, rows
from console_server import PASSWORD, ConsoleServer, console_server
from hostward.domain.account import Role
from receivers import receiver

pytestmark = pytest.mark.needs("browser", "console")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory):
    """A server whose webhooks may reach this machine, with an auditor."""
    private = '[notifications]\nallow_private = "127.0.0.1/32"\n'
    with console_server(tmp_path_factory.mktemp("settings") / "data", private) as server:
        server.user("looks", Role.AUDITOR)
        yield server


def table_row(page: Page, text: str):
    """The row of a small table that has this text."""
    return page.get_by_role("table").get_by_role("row").filter(has_text=text)


def signed(console: ConsoleServer, secret_id: str, secret: str) -> dict:
    """The Response of a call that is signed with a key."""
    body, stamp, host = b"{}", int(time.time()), f"127.0.0.1:{console.port}"
    headers = {"host": host, "content-type": "application/json"}
    authorization = tc3.sign(
        secret_id=secret_id, secret=secret, headers=headers, body=body, timestamp=stamp, service="hostward"
    )
    headers |= {"authorization": authorization, "x-tc-action": "ListSchedules", "x-tc-version": "2026-12-01"}
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("POST", "/", body, headers | {"x-tc-timestamp": str(stamp)})
        return json.loads(connection.getresponse().read())["Response"]
    finally:
        connection.close()


def made_key(page: Page) -> tuple[str, str]:
    """SecretId and SecretKey as the dialog shows them."""
    text = page.get_by_role("dialog", name="Keep the secret now").locator("code").first.inner_text()
    found = re.findall(r"TENCENTCLOUD_SECRET_(?:ID|KEY)=(\S+)", text)
    assert len(found) == 2, text
    return found[0], found[1]


def test_a_new_key_works_and_its_secret_is_shown_once(mine: Tabs, console: ConsoleServer):
    """The lines that are shown are all that a client needs; afterwards no page has the secret."""
    page = mine.open("/settings/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_role("dialog", name="New key").get_by_role("button", name="New key").click()
    secret_id, secret = made_key(page)
    assert "Error" not in signed(console, secret_id, secret)
    page.get_by_role("button", name="I have kept them").click()
    expect(table_row(page, secret_id).get_by_text("works")).to_be_visible()
    page.reload()
    expect(table_row(page, secret_id)).to_be_visible()
    assert secret not in page.content()
    console.call("DeleteApiKey", AccessKeyId=secret_id)


def test_a_key_is_replaced_disabled_and_deleted(mine: Tabs, console: ConsoleServer):
    """The old one works on for a while; a disabled one is refused; a deleted one is gone."""
    old = console.call("CreateApiKey", UserName="looks")
    page = mine.open("/settings/keys")
    row = table_row(page, old["SecretId"])
    row.get_by_role("button").click()
    page.get_by_role("menuitem", name="Replace").click()
    page.get_by_role("dialog", name="Replace this key?").get_by_role("button", name="Replace").click()
    new, secret = made_key(page)
    page.get_by_role("button", name="I have kept them").click()
    expect(row.get_by_text("being replaced")).to_be_visible()
    assert "Error" not in signed(console, old["SecretId"], old["SecretKey"])
    fresh = table_row(page, new)
    fresh.get_by_role("button").click()
    page.get_by_role("menuitem", name="Disable").click()
    expect(fresh.get_by_text("disabled")).to_be_visible()
    assert signed(console, new, secret)["Error"]["Code"].startswith("AuthFailure")
    fresh.get_by_role("button").click()
    page.get_by_role("menuitem", name="Delete").click()
    asked = page.get_by_role("dialog", name="Delete this key?")
    expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
    asked.get_by_role("button", name="Delete").click()
    expect(fresh).to_have_count(0)


def test_a_new_user_comes_in_by_the_link_that_is_shown(mine: Tabs, profile, console: ConsoleServer):
    """Name, role and limit; the link signs the user in and asks for a password."""
    page = mine.open("/settings/users")
    page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    dialog.get_by_label("User name").fill("bob")
    dialog.get_by_role("radio", name=re.compile("^Operator")).check()
    dialog.get_by_role("combobox").fill("env=prod")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Save").click()
    link = page.get_by_role("dialog", name="One-time link").locator("code").inner_text()
    page.get_by_role("button", name="Close").last.click()
    expect(table_row(page, "bob")).to_contain_text("Operator")
    expect(table_row(page, "bob")).to_contain_text("env=prod")
    other = profile("")
    there = other.context.new_page()
    there.goto(link)
    expect(there.get_by_text("You are signed in as bob.")).to_be_visible()
    assert link.startswith(console.url)


def test_a_disabled_user_is_out_at_once(mine: Tabs, profile, console: ConsoleServer):
    """The session that was open is over with the next call."""
    console.user("leaver", Role.OPERATOR)
    other = profile("leaver")
    there = other.open("/schedules")
    expect(there.get_by_role("heading", name="Schedules")).to_be_visible()
    page = mine.open("/settings/users")
    table_row(page, "leaver").get_by_role("button").click()
    page.get_by_role("menuitem", name="Disable").click()
    page.get_by_role("dialog", name="Disable this user?").get_by_role("button", name="Disable").click()
    expect(table_row(page, "leaver").get_by_text("disabled")).to_be_visible()
    there.get_by_role("link", name="Machines").first.click()
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_last_administrator_can_not_be_lost(mine: Tabs):
    """The dialog says why it is refused."""
    page = mine.open("/settings/users")
    table_row(page, "admin").get_by_role("button").click()
    page.get_by_role("menuitem", name="Role and limit").click()
    dialog = page.get_by_role("dialog", name="admin")
    dialog.get_by_role("radio", name=re.compile("^Auditor")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("administrator")
    dialog.get_by_role("button", name="Cancel").click()
    expect(table_row(page, "admin")).to_contain_text("Administrator")


def test_an_auditor_sees_no_settings_of_others(profile):
    """The tabs that need a permission are not offered, and the pages by their address show one's own."""
    page = profile("looks").open("/settings/users")
    expect(page.get_by_role("tab", name="Sign-in")).to_be_visible()
    expect(page.get_by_role("button", name="New user")).to_have_count(0)
    page.goto(page.url.replace("users", "keys"))
    expect(page.get_by_role("button", name="New key")).to_have_count(0)


def test_the_audit_log_has_what_was_just_done(mine: Tabs, console: ConsoleServer):
    """Who, what and when; opened, the parameters without secrets."""
    console.call("CreateUser", UserName="seen", Role="auditor", Tags=[])
    page = mine.open("/settings/audit")
    row = rows(page, "Audit log").filter(has_text="CreateUser").filter(has_text="seen")
    expect(row).to_contain_text("admin")
    row.click()
    drawer = page.get_by_role("dialog", name=re.compile("CreateUser$"))
    expect(drawer.get_by_text("auditor")).to_be_visible()
    expect(drawer.get_by_text("127.0.0.1")).to_be_visible()
    assert PASSWORD not in page.content()


def test_a_webhook_is_made_and_tested(mine: Tabs):
    """The test button shows what the receiver answered; the signing secret is shown once."""
    with receiver(b"HTTP/1.1 418 Teapot\r\nContent-Length: 6\r\n\r\nno tea") as there:
        page = mine.open("/settings/notifications")
        expect(page.get_by_text("Nobody is told yet.")).to_be_visible()
        page.get_by_role("button", name="New webhook").click()
        dialog = page.get_by_role("dialog", name="New webhook")
        dialog.get_by_label(re.compile("^Name")).fill("on call")
        dialog.get_by_label(re.compile("^Address")).fill(there.url())
        dialog.get_by_role("button", name="Save").click()
        secret = page.get_by_role("dialog", name="Keep the signing secret now").locator("code").inner_text()
        assert len(secret) >= 32
        page.get_by_role("button", name="I have kept them").click()
        table_row(page, "on call").get_by_role("button").click()
        page.get_by_role("menuitem", name="Send a test").click()
        told = page.get_by_role("dialog", name="Send a test")
        expect(told.get_by_text(re.compile(r"^HTTP 418 after \d+ ms$"))).to_be_visible()
        expect(told.get_by_text("no tea")).to_be_visible()
        assert b"X-Hostward-Signature" in there.got[0]
        assert secret not in page.content()


def test_a_webhook_to_a_forbidden_address_is_refused_in_words(mine: Tabs):
    """An address inside the network that nobody allowed."""
    page = mine.open("/settings/notifications")
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_label(re.compile("^Name")).fill("inside")
    dialog.get_by_label(re.compile("^Address")).fill("http://169.254.169.254/latest")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("169.254.169.254")
    dialog.get_by_role("button", name="Cancel").click()


def test_a_new_password_ends_other_sessions(profile, console: ConsoleServer):
    """A wrong current password is told at its field; then the other browser has to sign in again."""
    console.user("changes", Role.OPERATOR)
    other = profile("")
    cookie = {"name": "hostward_session", "value": console.cookie("changes", anew=True), "url": console.url}
    other.context.add_cookies([cookie])
    there = other.open("/schedules")
    expect(there.get_by_role("heading", name="Schedules")).to_be_visible()
    mine = profile("changes")
    mine.wrongs.expected.append("40[13] ")
    page = mine.open("/settings/me")
    card = page.locator("section").filter(has=page.get_by_role("heading", name="Password", exact=True))
    for current in ("not the password", PASSWORD):
        card.get_by_label("Current password").fill(current)
        card.get_by_label("New password").fill("a longer horse battery")
        card.get_by_label("The same again").fill("a longer horse battery")
        card.get_by_role("button", name="Change password").click()
        if current != PASSWORD:
            expect(card.locator(".hw-field-error")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Password changed")).to_be_visible()
    there.get_by_role("link", name="Machines").first.click()
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


VEX = json.dumps({
    "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "ann", "version": 1,
    "timestamp": "2026-11-01T00:00:00Z",
    "statements": [{
        "vulnerability": {"name": "CVE-2026-0002"}, "products": [{"@id": "pkg:deb/debian/curl"}],
        "status": "not_affected", "justification": "vulnerable_code_not_present",
    }],
})  # fmt: skip


def test_a_vulnerability_is_set_aside_and_counts_again(mine: Tabs, console: ConsoleServer):
    """Made and ended with the keyboard alone; what is refused is told in the dialog."""
    page = mine.open("/settings/ignored")
    expect(page.get_by_text("Nothing is set aside.")).to_be_visible()
    page.get_by_role("button", name="New rule").press("Enter")
    dialog = page.get_by_role("dialog", name="New rule")
    dialog.get_by_label(re.compile("^Vulnerability")).fill("CVE-2026-0001")
    dialog.get_by_label("Until").fill("tomorrow")
    dialog.get_by_role("button", name="Save").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("YYYY-MM-DD HH:MM:SS")
    dialog.get_by_label("Until").fill("")
    dialog.get_by_label("Reason").fill("not reachable")
    dialog.get_by_role("button", name="Save").press("Enter")
    row = table_row(page, "CVE-2026-0001")
    expect(row.get_by_text("not reachable")).to_be_visible()
    row.get_by_role("button").press("Enter")
    page.get_by_role("menuitem", name="End").press("Enter")
    page.get_by_role("dialog", name="End this rule?").get_by_role("button", name="End", exact=True).press("Enter")
    expect(page.get_by_text("Nothing is set aside.")).to_be_visible()
    page.get_by_label("Show ended rules").check()
    expect(row.get_by_text("ended")).to_be_visible()
    (rule,) = console.call("ListIgnoreRules", Ended=True)["Rules"]
    assert (rule["State"], rule["Source"]) == ("ended", "person")


def test_an_openvex_document_is_imported_and_removed(mine: Tabs):
    """By a file; one that is none is refused in words."""
    page = mine.open("/settings/ignored")
    page.get_by_role("button", name="Import OpenVEX").click()
    dialog = page.get_by_role("dialog", name="Import OpenVEX")
    dialog.get_by_label(re.compile("^Document")).fill("{}")
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("@context")
    dialog.get_by_label("File").set_input_files({
        "name": "vex.json", "mimeType": "application/json", "buffer": VEX.encode()
    })  # fmt: skip
    expect(dialog.get_by_label(re.compile("^Document"))).to_have_value(VEX)
    dialog.get_by_role("button", name="Import", exact=True).click()
    expect(dialog.get_by_text("1 made, 0 kept, 0 ended")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    expect(table_row(page, "CVE-2026-0002")).to_be_visible()
    table_row(page, "https://example.com/vex/1").get_by_role("button").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name="Remove this document?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No document was imported.")).to_be_visible()


def test_who_only_looks_is_offered_no_change_of_rules(profile):
    """An auditor sees the rules."""
    page = profile("looks").open("/settings/ignored")
    expect(page.get_by_text("Nothing is set aside.")).to_be_visible()
    expect(page.get_by_role("button", name="New rule")).to_have_count(0)
    expect(page.get_by_role("button", name="Import OpenVEX")).to_have_count(0)
