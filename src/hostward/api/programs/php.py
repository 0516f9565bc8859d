"""PHP on its own: the official SDK has no client for a service it does not know."""

from hostward.api.programs.call import Call
from hostward.api.programs.quoting import json_text, single_quoted


def program(call: Call) -> str:
    """A script that signs by itself; it needs PHP 8 with openssl for https."""
    ca = call.endpoint.ca_file
    own_ca = f"\n    'ssl' => ['cafile' => {single_quoted(ca)}]," if ca else ""
    return f"""\
<?php
// Signs by itself (TC3-HMAC-SHA256). Needs the key in the environment.
$service = '{call.service}';
$host = {single_quoted(call.endpoint.host)};
$body = {single_quoted(json_text(call.parameters))};
$time = time();
$date = gmdate('Y-m-d', $time);
$scope = "$date/$service/tc3_request";

$canonical = "POST\\n/\\n\\ncontent-type:application/json\\nhost:$host\\n\\ncontent-type;host\\n"
    . hash('sha256', $body);
$toSign = "TC3-HMAC-SHA256\\n$time\\n$scope\\n" . hash('sha256', $canonical);
$key = 'TC3' . getenv('TENCENTCLOUD_SECRET_KEY');
foreach ([$date, $service, 'tc3_request'] as $part) {{
    $key = hash_hmac('sha256', $part, $key, true);
}}
$signature = hash_hmac('sha256', $toSign, $key);

$headers = [
    "Authorization: TC3-HMAC-SHA256 Credential=" . getenv('TENCENTCLOUD_SECRET_ID') . "/$scope, "
        . "SignedHeaders=content-type;host, Signature=$signature",
    'Content-Type: application/json',
    "Host: $host",
    'X-TC-Action: ' . {single_quoted(call.action)},
    'X-TC-Version: {call.version}',
    "X-TC-Timestamp: $time",
];
if (getenv('TENCENTCLOUD_TOKEN')) {{
    $headers[] = 'X-TC-Token: ' . getenv('TENCENTCLOUD_TOKEN');
}}
$context = stream_context_create([
    'http' => ['method' => 'POST', 'header' => implode("\\r\\n", $headers), 'content' => $body],{own_ca}
]);
echo file_get_contents({single_quoted(call.endpoint.url + "/")}, false, $context), "\\n";
"""
