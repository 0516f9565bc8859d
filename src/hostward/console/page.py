"""What is shown where the console was left out of the build: that it was, and the lines that ask without it."""

import base64
import hashlib
from html import escape
from typing import Final

from hostward.console.lines import sdk_lines, tccli_line

STYLE: Final = """
:root { color-scheme: light dark; --line: #d8dce2; --ink: #1d2430; --soft: #5b6675; }
@media (prefers-color-scheme: dark) {
  :root { --line: #343b46; --ink: #e6e9ee; --soft: #9aa5b4; }
  body { background: #14181e; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); }
main { max-width: 60rem; margin: 2.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { color: var(--soft); margin: 0 0 1rem; }
pre { border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; font-size: 13px; }
"""  # fmt: skip


def content_security_policy() -> bytes:
    """Nothing but the page's own style: no script, no frame, no form, no other host."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ).encode()


def not_built(*, endpoint: str, version: str, tls: bool, ca_file: str) -> bytes:
    """The page as HTML. endpoint: HOST:PORT as it was asked for; ca_file: what clients must trust, "" for nothing."""
    sdk = sdk_lines(endpoint, tls=tls, ca_file=ca_file)
    tccli = tccli_line(endpoint, tls=tls, ca_file=ca_file)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Hostward</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Hostward {escape(version)}</h1>"
        "<p>This installation was built without the console. To add it, install again without HOSTWARD_SKIP_CONSOLE "
        "(from a clone: <code>make install</code>). The API and the command line work as they are.</p>"
        f"<h2>Ask with Tencent Cloud's Python SDK</h2><pre>{escape(sdk)}</pre>"
        f"<h2>Ask with tccli</h2><pre>{escape(tccli)}</pre>"
        "</main></body></html>"
    ).encode()
