"""Every way the official Python clients can be pointed at a server.

argv: endpoint. Prints an answer of each as JSON.
"""

import asyncio
import json
import sys

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

try:
    from tencentcloud.cwp.v20180228 import cwp_client_async
except ImportError:  # the SDK's own optional part, which needs httpx
    cwp_client_async = None

KEY = Credential("AKIDtest", "secret-of-the-test")


def profile(endpoint: str, **client) -> ClientProfile:
    """A profile for a plain-HTTP endpoint."""
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint), **client)


def state(chosen: ClientProfile, key: Credential = KEY) -> int | str:
    """ScanState, or the code of the refusal."""
    request = models.DescribeScanStateRequest()
    request.ModuleType = "Vul"
    try:
        return cwp_client.CwpClient(key, "", chosen).DescribeScanState(request).ScanState
    except TencentCloudSDKException as error:
        return error.get_code()


def behind_gateway(endpoint: str) -> ClientProfile:
    """Signed for the public name, sent to ours."""
    chosen = ClientProfile(httpProfile=HttpProfile(protocol="http"))
    chosen.httpProfile.apigw_endpoint = endpoint
    return chosen


async def asynchronous(endpoint: str) -> int | None:
    """The asynchronous client, None where it can't be imported."""
    if cwp_client_async is None:
        return None
    request = models.DescribeScanStateRequest()
    request.ModuleType = "Vul"
    async with cwp_client_async.CwpClient(KEY, "", profile(endpoint)) as client:
        return (await client.DescribeScanState(request)).ScanState


def main(endpoint: str) -> dict:
    """Ask in every way."""
    port = endpoint.rpartition(":")[2]
    unsigned = profile(endpoint)
    unsigned.unsignedPayload = True
    chinese = profile(endpoint, language="zh-CN")
    common = CommonClient("hostward", "2026-12-01", KEY, "", profile(endpoint))
    try:
        CommonClient("cwp", "2018-02-28", KEY, "", chinese).call_json("DescribeScanState", {})
    except TencentCloudSDKException as error:
        message = error.get_message()
    return {
        "plain": state(profile(endpoint)),
        "localhost": state(profile(f"localhost:{port}")),
        "gateway": state(behind_gateway(endpoint)),
        "unsigned": state(unsigned),
        "v1": state(profile(endpoint, signMethod="HmacSHA256")),
        "wrong_secret": state(profile(endpoint), Credential("AKIDtest", "wrong")),
        "unknown_id": state(profile(endpoint), Credential("AKIDnobody", "x")),
        "token": state(profile(endpoint), Credential("AKIDtest", "secret-of-the-test", "token")),
        "async": asyncio.run(asynchronous(endpoint)),
        "hostward": common.call_json("ListScanTasks", {"Limit": 5})["Response"]["TotalCount"],
        "chinese": message,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
