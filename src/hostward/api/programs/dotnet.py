"""C#, with the official SDK."""

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import ascii_text, double_quoted, json_text


def program(call: Call) -> str:
    """A Program.cs of top-level statements; it needs TencentCloudSDK.Common."""
    ca = call.endpoint.ca_file
    own_ca = f"// Run it with SSL_CERT_FILE={ascii_text(ca)}\n" if ca else ""
    return f"""\
// Needs TencentCloudSDK.Common (NuGet), and the key in the environment.
{own_ca}using System;
using TencentCloud.Common;
using TencentCloud.Common.Profile;

var key = new Credential
{{
    SecretId = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_ID"),
    SecretKey = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY"),
    Token = Environment.GetEnvironmentVariable("TENCENTCLOUD_TOKEN"),
}};
var profile = new ClientProfile
{{
    SignMethod = ClientProfile.SIGN_TC3SHA256,
    HttpProfile = new HttpProfile {{ Protocol = "{call.endpoint.scheme}://", Endpoint = "{call.endpoint.host}" }},
}};
var client = new CommonClient("{call.service}", "{call.version}", key, "", profile);
var request = new CommonRequest({double_quoted(json_text(call.parameters))});
Console.WriteLine(client.Call(request, {double_quoted(call.action)}));
"""
