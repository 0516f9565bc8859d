"""Go, with the official SDK."""

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import ascii_text, double_quoted, json_text


def program(call: Call) -> str:
    """A main package; it needs github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common."""
    ca = call.endpoint.ca_file
    own_ca = f"// Run it with SSL_CERT_FILE={ascii_text(ca)}\n" if ca else ""
    return f"""\
// Needs github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common, and the key in the environment.
{own_ca}package main

import (
\t"fmt"
\t"log"
\t"os"

\t"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
\ttchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
\t"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

func main() {{
\tkey := common.NewTokenCredential(
\t\tos.Getenv("TENCENTCLOUD_SECRET_ID"),
\t\tos.Getenv("TENCENTCLOUD_SECRET_KEY"),
\t\tos.Getenv("TENCENTCLOUD_TOKEN"),
\t)
\tclientProfile := profile.NewClientProfile()
\tclientProfile.HttpProfile.Scheme = "{call.endpoint.scheme.upper()}"
\tclientProfile.HttpProfile.Endpoint = "{call.endpoint.host}"
\tclient := common.NewCommonClient(key, "", clientProfile)

\trequest := tchttp.NewCommonRequest("{call.service}", "{call.version}", {double_quoted(call.action)})
\tparameters := {double_quoted(json_text(call.parameters))}
\tif err := request.SetActionParameters(parameters); err != nil {{
\t\tlog.Fatal(err)
\t}}
\tresponse := tchttp.NewCommonResponse()
\tif err := client.Send(request, response); err != nil {{
\t\tlog.Fatal(err)
\t}}
\tfmt.Println(string(response.GetBody()))
}}
"""
