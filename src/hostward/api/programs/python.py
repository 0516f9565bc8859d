"""Python, with the official SDK."""

from pprint import pformat

from hostward.api.programs.call import Call


def program(call: Call) -> str:
    """A script; it needs tencentcloud-sdk-python-common."""
    own_ca = f", certification={call.endpoint.ca_file!r}" if call.endpoint.ca_file else ""
    parameters = pformat(dict(call.parameters), sort_dicts=False, width=100)
    return f'''\
# Needs tencentcloud-sdk-python-common (pip), and the key in the environment.
import json
import os

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

key = Credential(
    os.environ["TENCENTCLOUD_SECRET_ID"],
    os.environ["TENCENTCLOUD_SECRET_KEY"],
    os.environ.get("TENCENTCLOUD_TOKEN"),
)
http = HttpProfile(protocol="{call.endpoint.scheme}", endpoint={call.endpoint.host!r}{own_ca})
client = CommonClient({call.service!r}, {call.version!r}, key, "", ClientProfile(httpProfile=http))

parameters = {parameters}

answer = client.call_json({call.action!r}, parameters)
print(json.dumps(answer["Response"], indent=2, ensure_ascii=False))
'''
