"""Many calls with the official Python SDK (the mainland or the international one), in one process.

stdin: JSON with endpoint, secret_id, secret, ways and cases (tests/support/client_cases.py says what they are).
stdout: one JSON line a case: way, case, and either error (code, message, request_id) or the last step's answer and the
host names in the pages of all steps.
"""

import asyncio
import json
import sys

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.common_client_async import CommonClient as AsyncCommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, cwp_client_async, models

VERSIONS = {"cwp": "2018-02-28", "hostward": "2026-12-01"}


def profile(way: dict, case: dict, endpoint: str) -> ClientProfile:
    """How this way reaches the server."""
    http = HttpProfile(protocol="http", reqMethod=way["method"])
    if way.get("gateway"):
        http.apigw_endpoint = endpoint
    else:
        http.endpoint = endpoint
    chosen = ClientProfile(signMethod=way["sign"], httpProfile=http, language=case.get("language", "en-US"))
    chosen.unsignedPayload = bool(way.get("unsigned"))
    return chosen


def filled(step: dict, task: int) -> dict:
    """The parameters of a step; "$TaskId" is the task that an earlier one started."""
    return {name: task if value == "$TaskId" else value for name, value in step["params"].items()}


def asked(step: dict, task: int):
    """A request of the SDK's own model."""
    request = getattr(models, f"{step['action']}Request")()
    request.from_json_string(json.dumps(filled(step, task)))
    return request


def plain(model) -> dict:
    """An answer of the SDK's own model as JSON."""
    return json.loads(model.to_json_string())


def client_of(way: dict, case: dict, setup: dict, made: dict):
    """The client for a case; one is made for all the cases of a way that have the same options."""
    options = tuple(case.get(name) for name in ("secret_id", "secret", "token", "language", "region", "service"))
    if options in made:
        return made[options]
    key = Credential(case.get("secret_id", setup["secret_id"]), case.get("secret", setup["secret"]), case.get("token"))
    chosen, region = profile(way, case, setup["endpoint"]), case.get("region", "ap-guangzhou")
    if way["kind"].endswith("common"):
        kind = AsyncCommonClient if way["kind"].startswith("async") else CommonClient
        service = case.get("service", "cwp")
        made[options] = kind(service, VERSIONS[service], key, region, chosen)
    else:
        kind = cwp_client_async.CwpClient if way["kind"].startswith("async") else cwp_client.CwpClient
        made[options] = kind(key, region, chosen)
    return made[options]


def synchronous(way: dict, case: dict, client) -> dict:
    """The last answer of a case's steps, and the machines in the pages of all of them."""
    task, answer, names = 0, {}, []
    options = {"SkipSign": True} if case.get("skip_sign") else None
    for step in case["steps"]:
        if way["kind"] == "common":
            answer = client.call_json(step["action"], filled(step, task), options=options)["Response"]
        else:
            answer = plain(getattr(client, step["action"])(asked(step, task)))
        task = answer.get("TaskId") or task
        names += [row["HostName"] for row in answer.get("ScanTaskDetailList") or []]
    return {"answer": answer, "names": names}


async def asynchronous(way: dict, case: dict, client) -> dict:
    """The same with the asynchronous clients."""
    task, answer, names = 0, {}, []
    options = {"SkipSign": True} if case.get("skip_sign") else None
    for step in case["steps"]:
        if way["kind"] == "async common":
            answer = await client.call_and_deserialize(step["action"], filled(step, task), opts=options)
            answer = answer["Response"]
        else:
            answer = plain(await getattr(client, step["action"])(asked(step, task)))
        task = answer.get("TaskId") or task
        names += [row["HostName"] for row in answer.get("ScanTaskDetailList") or []]
    return {"answer": answer, "names": names}


async def outcome(way: dict, case: dict, client) -> dict:
    """What came of a case: an answer, or the exception that the SDK raised."""
    try:
        if way["kind"].startswith("async"):
            return await asynchronous(way, case, client)
        return synchronous(way, case, client)
    except TencentCloudSDKException as error:
        seen = {"code": error.get_code(), "message": error.get_message(), "request_id": error.get_request_id()}
        return {"error": {name: str(value) for name, value in seen.items()}}
    except Exception as error:  # anything else that the SDK raises is a finding
        return {"error": {"code": type(error).__name__, "message": str(error), "request_id": ""}}


async def every_case(way: dict, setup: dict) -> None:
    """Every case in one way."""
    made: dict = {}
    for case in setup["cases"]:
        if way["kind"] in case["kinds"]:
            seen = await outcome(way, case, client_of(way, case, setup, made))
            sys.stdout.write(json.dumps({"way": way["name"], "case": case["name"], **seen}) + "\n")
    for client in made.values():
        if way["kind"].startswith("async"):
            await client.close()


def main() -> None:
    """Every case in every way."""
    setup = json.load(sys.stdin)
    for way in setup["ways"]:
        asyncio.run(every_case(way, setup))


if __name__ == "__main__":
    main()
