"""Node, with the official SDK."""

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import ascii_text, double_quoted, json_text


def program(call: Call) -> str:
    """A script; it needs tencentcloud-sdk-nodejs-common."""
    ca = call.endpoint.ca_file
    own_ca = f"// Run it with NODE_EXTRA_CA_CERTS={ascii_text(ca)}\n" if ca else ""
    return f"""\
// Needs tencentcloud-sdk-nodejs-common (npm), and the key in the environment.
{own_ca}const {{ CommonClient }} = require("tencentcloud-sdk-nodejs-common");

const client = new CommonClient("{call.service}.tencentcloudapi.com", "{call.version}", {{
  credential: {{
    secretId: process.env.TENCENTCLOUD_SECRET_ID,
    secretKey: process.env.TENCENTCLOUD_SECRET_KEY,
    token: process.env.TENCENTCLOUD_TOKEN,
  }},
  region: "",
  profile: {{ httpProfile: {{ protocol: "{call.endpoint.scheme}://", endpoint: "{call.endpoint.host}" }} }},
}});

const parameters = JSON.parse({double_quoted(json_text(call.parameters))});

client.request({double_quoted(call.action)}, parameters).then(
  (answer) => console.log(JSON.stringify(answer, null, 2)),
  (error) => {{
    console.error(`${{error.code}}: ${{error.message}}`);
    process.exitCode = 1;
  }},
);
"""
