"""Ready-made lines that ask a server with the official clients."""

import shlex

from hostward.domain.module import Module


def sdk_profile(endpoint: str, *, tls: bool = False, ca_file: str = "") -> str:
    """The HttpProfile of the official Python SDK that leads here."""
    if not tls:
        return f'HttpProfile(protocol="http", endpoint="{endpoint}")'
    return f'HttpProfile(endpoint="{endpoint}"{f", certification={ca_file!r}" if ca_file else ""})'


def sdk_lines(
    endpoint: str, module: Module = Module.VUL, task: int = 1, *, tls: bool = False, ca_file: str = ""
) -> str:
    """Python that asks for a task's details with the official SDK, its key taken from the environment."""
    return f"""\
import os
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

key = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
http = {sdk_profile(endpoint, tls=tls, ca_file=ca_file)}
client = cwp_client.CwpClient(key, "", ClientProfile(httpProfile=http))
ask = models.DescribeScanTaskDetailsRequest()
ask.ModuleType, ask.TaskId, ask.Limit = "{module}", {task}, 100
print(client.DescribeScanTaskDetails(ask).to_json_string(indent=2))"""


def tccli_line(
    endpoint: str, module: Module = Module.VUL, task: int = 1, *, tls: bool = False, ca_file: str = ""
) -> str:
    """The same with Tencent Cloud's command line, which takes an own CA from nowhere but its certifi."""
    trust = f'cat {shlex.quote(ca_file)} >> "$(python -m certifi)"   # once, with the python of tccli\n'
    return (
        f"{trust if tls and ca_file else ''}"
        f"tccli cwp DescribeScanTaskDetails --ModuleType {module} --TaskId {task}"
        f" --endpoint {'' if tls else 'http://'}{endpoint} --region ap-guangzhou"
    )
