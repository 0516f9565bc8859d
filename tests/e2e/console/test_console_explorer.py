"""The API Explorer: an action is found, filled in, called, signed as the SDK does, written as a program, explained."""

import base64
import hashlib
import hmac
import json
import re
import subprocess

import pytest
from playwright.sync_api import Page, expect

import tc3
from capabilities import client_folder
from console_browser import Tabs, script
from console_logic import running_sdk
from console_server import ConsoleServer

pytestmark = pytest.mark.needs("browser", "console")
STAMP = 1_800_000_000
PROGRAMS = ("Python", "Node.js", "Go", "Java", "PHP", "C#", "curl", "tccli")


@pytest.fixture(scope="module")
def console(empty_console: ConsoleServer) -> ConsoleServer:
    """A scan with one machine."""
    empty_console.fleet.add("web-1")
    empty_console.fleet.awake()
    empty_console.world = empty_console.fleet.start()
    return empty_console


def explorer(mine: Tabs, action: str, search: str = "") -> Page:
    """The Explorer with an action."""
    page = mine.open(f"/explorer?action={action}{search}")
    expect(page.get_by_role("heading", name=action, exact=True)).to_be_visible()
    return page


def code(page: Page, label: str) -> str:
    """The text of a block of code."""
    return page.get_by_role("group", name=label, exact=True).inner_text()


def test_an_action_is_found_by_a_few_letters_and_by_what_it_does(mine: Tabs):
    """Letters in order, words of the description; Enter chooses, and the address has it."""
    page = explorer(mine, "DescribeScanTaskDetails")
    field = page.get_by_role("combobox", name="Find an action")
    field.fill("dscstate")
    first = page.get_by_role("listbox", name="Actions").get_by_role("option").first
    expect(first).to_contain_text("DescribeScanState")
    field.press("Enter")
    expect(page.get_by_role("heading", name="DescribeScanState")).to_be_visible()
    expect(page).to_have_url(re.compile(r"action=DescribeScanState&v=2018-02-28"))
    field.fill("no action is called like this")
    expect(page.get_by_text("No action is called so.")).to_be_visible()


def test_every_action_has_a_form_and_an_example_or_a_mock(mine: Tabs, console: ConsoleServer):
    """No action of both services breaks the page: its heading, form and mock are there."""
    page = explorer(mine, "DescribeScanState", "&tab=mock")
    names = page.evaluate(script("actions.js"))
    assert len(names) > 70
    for _, name, version in names:
        page.evaluate(script("go.js"), f"/explorer?action={name}&v={version}&tab=mock")
        page.wait_for_function(script("explored.js"), arg=name)


def test_a_call_is_made_from_the_form(mine: Tabs, console: ConsoleServer):
    """What is missing is told first; the answer is shown as a tree, as rows and as it came."""
    page = explorer(mine, "DescribeScanTaskDetails")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(re.compile("The server would say MissingParameter"))).to_be_visible()
    page.get_by_label(re.compile("^ModuleType")).select_option("Malware")
    page.get_by_label(re.compile("^TaskId")).fill(str(console.world))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("HTTP 200")).to_be_visible()
    expect(page.get_by_role("group", name="Answer")).to_contain_text("ScanProgress")
    page.get_by_role("tab", name="Table").click()
    expect(page.get_by_role("table").get_by_text("web-1").first).to_be_visible()
    page.get_by_role("tab", name="Raw").click()
    assert json.loads(code(page, "Raw"))["Response"]["ScanMachineCount"] == 1
    page.get_by_role("tab", name="Headers").click()
    expect(page.get_by_text("application/json", exact=True)).to_be_visible()


def test_a_link_brings_the_parameters_along(mine: Tabs, console: ConsoleServer):
    """They go into the form and out of the address; the JSON view is the same request."""
    given = json.dumps({"ModuleType": "Malware", "TaskId": int(console.world)})
    page = mine.open(f"/explorer?action=DescribeScanTaskDetails&parameters={given}")
    expect(page.get_by_label(re.compile("^TaskId"))).to_have_value(str(console.world))
    expect(page).not_to_have_url(re.compile("parameters="))
    page.get_by_role("switch", name="JSON").check()
    text = page.get_by_label("Parameters as JSON")
    assert json.loads(text.input_value()) == json.loads(given)
    text.fill('{"ModuleType": "Vul", "ModuleType": "Vul"}')
    expect(page.get_by_text("ModuleType is there twice")).to_be_visible()
    text.fill('{"ModuleType": "Vul", "TaskId": 9007199254740993}')
    page.get_by_role("switch", name="JSON").uncheck()
    expect(page.get_by_label(re.compile("^TaskId"))).to_have_value("9007199254740993")


def test_a_call_that_changes_something_asks_first(mine: Tabs, console: ConsoleServer):
    """Cancel sends nothing."""
    page = explorer(mine, "ScanTaskAgain")
    page.get_by_label(re.compile("^ModuleType")).select_option("Malware")
    page.get_by_label(re.compile("^TaskId")).fill(str(console.world))
    console.traffic.clear()
    page.get_by_role("button", name="Send").click()
    asked = page.get_by_role("dialog", name="Call ScanTaskAgain?")
    asked.get_by_role("button", name="Cancel").click()
    assert console.traffic.actions()["ScanTaskAgain"] == 0
    page.get_by_role("button", name="Send").click()
    asked.get_by_role("button", name="Call it").click()
    expect(page.get_by_text("HTTP 200")).to_be_visible()
    assert console.traffic.actions()["ScanTaskAgain"] == 1


@pytest.mark.needs("clients")
@pytest.mark.parametrize(("method", "parameters"), [("POST", {}), ("GET", {"ModuleType": "Vul"})], ids=["post", "get"])
def test_each_step_of_the_signature_is_that_of_the_sdk(
    mine: Tabs, console: ConsoleServer, method: str, parameters: dict[str, str]
):
    """The same request, key and second: Authorization byte for byte, and the steps that lead to it."""
    page = explorer(mine, "DescribeScanState", "&tab=signature")
    page.get_by_role("radio", name="A key, signed here").check()
    page.get_by_label("SecretId").fill("AKIDofTheTest")
    page.get_by_label("SecretKey", exact=True).fill("secret of the test")
    for name, value in parameters.items():
        page.get_by_label(re.compile(f"^{name}")).select_option(value)
    page.get_by_label("Method").select_option(f"TC3-HMAC-SHA256 {method}")
    page.get_by_label("Timestamp").fill(str(STAMP))
    with running_sdk(client_folder("python")) as official:
        theirs = official.ask({
            "action": "DescribeScanState", "version": "2018-02-28", "service": "cwp", "parameters": parameters,
            "host": f"127.0.0.1:{console.port}", "method": method, "algorithm": "TC3-HMAC-SHA256",
            "secret_id": "AKIDofTheTest", "secret_key": "secret of the test", "token": "", "region": "",
            "timestamp": STAMP, "nonce": 1, "unsigned": False,
        })  # fmt: skip
    authorization = theirs["headers"]["Authorization"]
    expect(page.get_by_role("group", name="4. Authorization")).to_have_text(authorization)
    canonical, to_sign = code(page, "1. Canonical request"), code(page, "2. String to sign")
    assert canonical.splitlines()[0] == method
    assert to_sign.splitlines()[-1] == hashlib.sha256(canonical.encode()).hexdigest()
    signing = bytes.fromhex(code(page, "3. Derived keys").split()[-1])
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    assert authorization.endswith(f"Signature={signature}")


@pytest.mark.parametrize("method", ["HmacSHA1", "HmacSHA256"])
def test_the_older_signatures_are_accepted_by_the_server(mine: Tabs, console: ConsoleServer, method: str):
    """The request as it is shown, sent by curl's way, is answered."""
    page = explorer(mine, "DescribeScanState", "&tab=signature")
    page.get_by_role("radio", name="A key, signed here").check()
    page.get_by_label("SecretId").fill(console.secret_id)
    page.get_by_label("SecretKey", exact=True).fill(console.secret_key)
    page.get_by_label(re.compile("^ModuleType")).select_option("Malware")
    page.get_by_label("Method").select_option(f"{method} GET")
    page.get_by_role("button", name="Now").click()
    shown = page.get_by_role("group", name="Whole request")
    expect(shown).to_contain_text(f"SignatureMethod={method}")
    target = shown.inner_text().split()[1]
    answer = page.evaluate("async (target) => (await fetch(target)).json()", target)
    assert "Error" not in answer["Response"], answer


def test_a_call_signed_in_the_browser_is_answered(mine: Tabs, console: ConsoleServer):
    """By the key, without the session."""
    page = explorer(mine, "DescribeScanState")
    page.get_by_role("radio", name="A key, signed here").check()
    page.get_by_label("SecretId").fill(console.secret_id)
    page.get_by_label("SecretKey", exact=True).fill(console.secret_key)
    page.get_by_label(re.compile("^ModuleType")).select_option("Malware")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("HTTP 200")).to_be_visible()
    page.get_by_label("SecretKey", exact=True).fill("another secret")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("AuthFailure.SignatureFailure").first).to_be_visible()
    page.reload()
    expect(page.get_by_label("SecretKey", exact=True)).to_have_count(0)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_call_is_written_as_a_program(mine: Tabs, console: ConsoleServer, program: str):
    """In each language the action, its parameters and this server are named."""
    given = json.dumps({"ModuleType": "Malware", "TaskId": 4242})
    page = mine.open(f"/explorer?action=DescribeScanTaskDetails&tab=code&parameters={given}")
    page.get_by_role("combobox", name="Language").last.select_option(label=program)
    shown = page.get_by_label("About this action").locator("pre")
    expect(shown).to_contain_text("4242")
    for word in ("DescribeScanTaskDetails", str(console.port)):
        expect(shown).to_contain_text(word)


def test_the_python_program_runs(mine: Tabs, console: ConsoleServer):
    """What the page shows is a program that is answered, with the key of its user."""
    folder = client_folder("python")
    if folder is None:
        pytest.skip("the official Python SDK is not installed here")
    given = json.dumps({"ModuleType": "Malware"})
    page = mine.open(f"/explorer?action=DescribeScanState&tab=code&parameters={given}")
    shown = page.get_by_label("About this action").locator("pre")
    expect(shown).to_contain_text("Malware")
    environment = {"TENCENTCLOUD_SECRET_ID": console.secret_id, "TENCENTCLOUD_SECRET_KEY": console.secret_key}
    done = subprocess.run(
        [folder / "bin" / "python", "-c", shown.inner_text()],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert (done.returncode, "RequestId" in done.stdout) == (0, True), done.stderr


def test_a_refused_request_is_explained(mine: Tabs, console: ConsoleServer):
    """White space in the secret, found from the request alone."""
    body, host = b"{}", f"127.0.0.1:{console.port}"
    headers = {"host": host, "content-type": "application/json"}
    wrong = tc3.sign(
        secret_id=console.secret_id, secret=console.secret_key + "\n", headers=headers, body=body, timestamp=STAMP
    )
    curl = (
        f"curl http://{host}/ -H 'Content-Type: application/json' -H 'X-TC-Action: DescribeScanState' "
        f"-H 'X-TC-Version: 2018-02-28' -H 'X-TC-Timestamp: {STAMP}' -H 'Authorization: {wrong}' -d '{{}}'"
    )
    page = explorer(mine, "DescribeScanState", "&tab=signature")
    page.get_by_label("A curl command, or the request as HTTP").fill(curl)
    page.get_by_label("Its SecretKey").fill(console.secret_key)
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text("The signature is not the one this server makes.")).to_be_visible()
    expect(page.get_by_text("white space was signed as part of the SecretKey")).to_be_visible()
    expect(page.get_by_text("The clock is more than five minutes off.")).to_be_visible()


def test_an_error_is_provoked(mine: Tabs):
    """The code that is promised is the code that comes."""
    page = explorer(mine, "DescribeScanTaskDetails", "&tab=errors")
    page.get_by_role("button", name="Try it MissingParameter").click()
    got = page.locator("dl.ex-docs > div").filter(has=page.get_by_role("button", name="Try it MissingParameter"))
    expect(got.locator(".ex-got")).to_contain_text("MissingParameter")
    expect(got.get_by_text("What to do:")).to_be_visible()


def test_a_mock_changes_with_its_seed(mine: Tabs):
    """Another answer that the schema allows, and nothing is called."""
    page = explorer(mine, "DescribeScanTaskDetails", "&tab=mock")
    tree = page.get_by_role("group", name="Mock")
    before = tree.inner_text()
    page.get_by_role("button", name="Next").click()
    expect(tree).not_to_have_text(before)
    expect(tree).to_contain_text("RequestId")


def test_calls_are_remembered_without_secrets(mine: Tabs, console: ConsoleServer):
    """The history opens what was called; what is kept in the browser has no secret."""
    page = explorer(mine, "DescribeScanState")
    page.get_by_role("radio", name="A key, signed here").check()
    page.get_by_label("SecretId").fill(console.secret_id)
    page.get_by_label("SecretKey", exact=True).fill(console.secret_key)
    page.get_by_label(re.compile("^ModuleType")).select_option("Vul")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("HTTP 200")).to_be_visible()
    page.get_by_role("tab", name="History").click()
    expect(
        page.get_by_role("tabpanel").or_(page.locator(".ex-tab")).get_by_text("DescribeScanState").first
    ).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert console.secret_key not in kept
    assert base64.b64encode(console.secret_key.encode()).decode() not in kept
    assert "DescribeScanState" in kept
