"""Programs that make one call: complete, without a secret, and parameters stay data."""

import ast
import hmac
import json
import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capabilities import program as found_program
from hostward.api.programs import PROGRAMS
from hostward.api.programs.call import Call, Endpoint
from hostward.api.programs.quoting import ascii_text, double_quoted, json_text, single_quoted
from hostward.domain.errors import InvalidValue

PLAIN = Endpoint(tls=False, host="127.0.0.1:8420")
OWN_CA = Endpoint(tls=True, host="scan.example:8420", ca_file="/srv/hostward/tls/ca.pem")
NASTY = "a\"b'c\\d`e$(id)${HOME}\n</script>#\t数据\U0001f642 %s {x} */ -- \u2028"
CALL = Call(
    service="cwp", version="2018-02-28", action="DescribeScanTaskDetails",
    parameters={"ModuleType": "Vul", "TaskId": 7, "Filters": [{"Name": "HostName", "Values": ["web"]}]}, endpoint=PLAIN,
)  # fmt: skip
GOLDEN_JAVA = r'String parameters = "{\"ModuleType\": \"Vul\", \"TaskId\": 7, '


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_names_service_action_and_endpoint(language):
    """It is for exactly this call."""
    text = PROGRAMS[language](CALL)
    assert [word for word in ("cwp", "DescribeScanTaskDetails", "127.0.0.1:8420") if word not in text] == []


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_takes_its_key_from_the_environment(language):
    """By the names of Tencent's own clients; tccli looks by itself."""
    text = PROGRAMS[language](CALL)
    names = [name for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY") if name in text]
    assert len(names) == (0 if language == "tccli" else 2)


@pytest.mark.parametrize("language", PROGRAMS)
def test_no_program_holds_a_secret(language, monkeypatch):
    """Whatever the environment has: a program is made to be shown."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "the-very-secret")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "the-very-id")
    assert "the-very" not in PROGRAMS[language](CALL)


@pytest.mark.parametrize("language", PROGRAMS)
def test_https_is_asked_for_where_the_server_speaks_it(language):
    """And never http."""
    text = PROGRAMS[language](replace(CALL, endpoint=OWN_CA))
    assert ("http://" in text, "scan.example:8420" in text) == (False, True)


@pytest.mark.parametrize("language", [name for name in PROGRAMS if name != "java"])
def test_an_own_ca_is_trusted_or_told_how(language):
    """Each language in its way; Java's store is a page of its own."""
    assert "/srv/hostward/tls/ca.pem" in PROGRAMS[language](replace(CALL, endpoint=OWN_CA))


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_same_call_is_the_same_program(language):
    """Nothing of it is by chance."""
    assert PROGRAMS[language](CALL) == PROGRAMS[language](CALL)


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_ends_with_a_line_end(language):
    """So that it can be written to a file as it is."""
    text = PROGRAMS[language](CALL)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("language", [name for name in PROGRAMS if name not in ("python", "tccli")])
def test_what_a_parameter_holds_can_not_break_out_of_its_literal(language):
    """All of it is printable ASCII there."""
    text = PROGRAMS[language](replace(CALL, parameters={"ModuleType": NASTY}))
    assert text.isascii()
    assert text.count("\n") == PROGRAMS[language](CALL).count("\n")


@given(st.text())
def test_any_text_in_a_python_program_is_a_literal(text):
    """Parsed, it is the text again."""
    tree = ast.parse(PROGRAMS["python"](replace(CALL, parameters={"ModuleType": text})))
    (assigned,) = [one for one in tree.body if isinstance(one, ast.Assign) and one.targets[0].id == "parameters"]
    assert ast.literal_eval(assigned.value) == {"ModuleType": text}


@given(st.text())
def test_a_double_quoted_literal_means_the_text(text):
    """JSON's strings have the same two escapes as Go's, Java's and C#'s."""
    written = json_text({"a": text})
    assert json.loads(double_quoted(written)) == written
    assert json.loads(written) == {"a": text}


@given(st.text(alphabet="ab'\\\"$", max_size=12))
def test_a_single_quoted_literal_means_the_text(text):
    """PHP's rules: two escapes, nothing else."""
    inside = single_quoted(text)[1:-1]
    assert inside.replace("\\\\", "\0").replace("\\'", "'").replace("\0", "\\") == text


@pytest.mark.parametrize(("text", "expected"), [("/a b", "/a b"), ("/x\ny", "/x\\ny"), ("/é", "/\\xe9")])
def test_a_path_in_a_comment_stays_on_its_line(text, expected):
    """A folder's name may hold a line end."""
    assert ascii_text(text) == expected


def test_tccli_has_no_other_service_than_tencent_s():
    """The message names what to use."""
    with pytest.raises(InvalidValue, match="tccli knows no service hostward"):
        PROGRAMS["tccli"](replace(CALL, service="hostward"))


def test_a_tccli_line_spells_texts_plainly_and_the_rest_as_json():
    """As tccli reads them."""
    assert PROGRAMS["tccli"](CALL).splitlines()[-1] == (
        "exec tccli cwp DescribeScanTaskDetails --ModuleType Vul --TaskId 7 "
        """--Filters '[{"Name": "HostName", "Values": ["web"]}]' """
        "--endpoint http://127.0.0.1:8420 --region ap-guangzhou"
    )


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("go", ['clientProfile.HttpProfile.Scheme = "HTTP"', 'clientProfile.HttpProfile.Endpoint = "127.0.0.1:8420"',
                'request := tchttp.NewCommonRequest("cwp", "2018-02-28", "DescribeScanTaskDetails")',
                "if err := client.Send(request, response); err != nil {"]),
        ("java", ['http.setProtocol("http://");', 'http.setEndpoint("127.0.0.1:8420");', GOLDEN_JAVA,
                  'new CommonClient("cwp", "2018-02-28", key, "", profile);',
                  'client.call("DescribeScanTaskDetails", parameters)']),
        ("php", ["$host = '127.0.0.1:8420';", "'X-TC-Action: ' . 'DescribeScanTaskDetails',",
                 "$key = hash_hmac('sha256', $part, $key, true);"]),
        ("dotnet", ['Protocol = "http://", Endpoint = "127.0.0.1:8420"', "SignMethod = ClientProfile.SIGN_TC3SHA256,",
                    'new CommonClient("cwp", "2018-02-28", key, "", profile);',
                    'client.Call(request, "DescribeScanTaskDetails")']),
    ],
)  # fmt: skip
def test_a_program_that_is_not_run_here_has_the_calls_of_its_sdk(language, lines):
    """Their names are those of the SDK's sources."""
    text = PROGRAMS[language](CALL)
    assert [line for line in lines if line not in text] == []


@pytest.mark.parametrize("language", ["go", "java", "php", "dotnet"])
def test_brackets_of_a_program_that_is_not_run_here_are_closed(language):
    """The least that a compiler would say."""
    text = PROGRAMS[language](replace(CALL, parameters={}))
    assert [(a, b) for a, b in ("()", "{}", "[]") if text.count(a) != text.count(b)] == []


STUBS = {
    "com/tencentcloudapi/common/CommonClient.java": """package com.tencentcloudapi.common;
        public class CommonClient { public CommonClient(String s, String v, Credential c, String r,
        com.tencentcloudapi.common.profile.ClientProfile p) {}
        public String call(String action, String json)
        throws com.tencentcloudapi.common.exception.TencentCloudSDKException { return action + json; } }""",
    "com/tencentcloudapi/common/Credential.java": """package com.tencentcloudapi.common;
        public class Credential { public Credential(String i, String k, String t) {} }""",
    "com/tencentcloudapi/common/exception/TencentCloudSDKException.java": """package
        com.tencentcloudapi.common.exception; public class TencentCloudSDKException extends Exception {}""",
    "com/tencentcloudapi/common/profile/ClientProfile.java": """package com.tencentcloudapi.common.profile;
        public class ClientProfile { public void setHttpProfile(HttpProfile p) {} }""",
    "com/tencentcloudapi/common/profile/HttpProfile.java": """package com.tencentcloudapi.common.profile;
        public class HttpProfile { public void setProtocol(String p) {} public void setEndpoint(String e) {} }""",
}
"""What of the Java SDK the program calls."""


@pytest.mark.skipif(found_program("javac") is None, reason="needs a Java compiler: apt install default-jdk-headless")
def test_a_java_program_compiles_and_hands_over_exactly_its_parameters(tmp_path):
    """Against classes with the SDK's signatures; unpaired surrogates and escapes included."""
    for name, source in STUBS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    nasty = replace(CALL, parameters={"ModuleType": NASTY, "Odd": "\\u0041 \ud800"})
    (tmp_path / "Main.java").write_text(PROGRAMS["java"](nasty))
    subprocess.run(["javac", "-proc:none", "Main.java"], cwd=tmp_path, check=True, timeout=120)
    out = subprocess.run(["java", "-cp", ".", "Main"], cwd=tmp_path, check=True, timeout=60, capture_output=True)
    assert json.loads(out.stdout.decode().removeprefix(CALL.action)) == nasty.parameters


@pytest.mark.skipif(found_program("php") is None, reason="needs PHP: apt install php-cli")
def test_a_php_program_has_no_syntax_error(tmp_path):
    """As php -l sees it."""
    (tmp_path / "call.php").write_text(PROGRAMS["php"](replace(CALL, parameters={"ModuleType": NASTY})))
    subprocess.run(["php", "-l", "call.php"], cwd=tmp_path, check=True, timeout=60)


@pytest.mark.skipif(found_program("gofmt") is None, reason="needs Go: apt install golang-go")
def test_a_go_program_has_no_syntax_error(tmp_path):
    """As gofmt sees it, which finds nothing to change either."""
    (tmp_path / "main.go").write_text(PROGRAMS["go"](replace(CALL, parameters={"ModuleType": NASTY})))
    out = subprocess.run(["gofmt", "-l", "main.go"], cwd=tmp_path, check=True, timeout=60, capture_output=True)
    assert out.stdout == b""


@pytest.mark.parametrize("length", [1, 32, 61, 62, 100])
def test_the_script_s_own_hmac_is_hmac(length):
    """For secrets shorter than a block, of one block, and longer; `TC3` is before each."""
    script = PROGRAMS["curl"](CALL)
    functions = script[script.index("sha256() {") : script.index("canonical=$(")]
    ask = f'{functions}\nkey=$(printf \'TC3%s\' "$SECRET" | hex)\nhmac "$key" 2019-02-25\n'
    secret = "é" * (length // 2) + "k" * (length % 2)
    environ = {"PATH": os.environ["PATH"], "SECRET": secret}
    out = subprocess.run(["bash", "-euc", ask], env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == hmac.digest(f"TC3{secret}".encode(), b"2019-02-25", "sha256").hex()


def test_the_script_gives_no_secret_to_a_program_as_an_argument():
    """Where every user of the machine could read it: only printf, which bash itself is, takes the secret."""
    lines = [line for line in PROGRAMS["curl"](CALL).splitlines() if "SECRET_KEY" in line and not line.startswith(":")]
    assert lines == ["key=$(printf 'TC3%s' \"$TENCENTCLOUD_SECRET_KEY\" | hex)"]
