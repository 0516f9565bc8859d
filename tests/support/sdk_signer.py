"""Signs requests with the official Python SDK, at a fixed time and with a fixed nonce. Runs in the SDK's environment.

A question is a line of JSON: action, version, service, parameters, host, method, algorithm, secret_id, secret_key,
token, region, timestamp, nonce, unsigned. The answer has the headers that the SDK would send, and data: its body, or
its query.
"""

import json
import random
import sys
import time

from tencentcloud.common import credential
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile


def signed(asked: dict) -> dict:
    """The request as the SDK builds it."""
    time.time = lambda: asked["timestamp"]
    random.randint = lambda _low, _high: asked["nonce"]
    http = HttpProfile(endpoint=asked["host"], reqMethod=asked["method"])
    profile = ClientProfile(signMethod=asked["algorithm"], httpProfile=http)
    profile.unsignedPayload = asked["unsigned"]
    keys = credential.Credential(asked["secret_id"], asked["secret_key"], asked["token"] or None)
    client = AbstractClient(keys, asked["region"], profile)
    client._service, client._apiVersion = asked["service"], asked["version"]
    request = RequestInternal(asked["host"], asked["method"], "/", header={})
    client._build_req_inter(asked["action"], asked["parameters"], request)
    data = request.data.decode() if isinstance(request.data, bytes) else request.data
    return {"headers": dict(request.header), "data": data}


for line in sys.stdin:
    sys.stdout.write(json.dumps(signed(json.loads(line))) + "\n")
    sys.stdout.flush()
