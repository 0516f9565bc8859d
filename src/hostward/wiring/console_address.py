"""Where people open the console, as the settings alone tell it: for commands that need no running server."""

from hostward.settings import Address, Settings
from hostward.wiring import tls_authority
from hostward.wiring.tls import WILDCARDS


def console_url(settings: Settings) -> str:
    """Scheme, host and port of the console; "" where the settings don't tell them.

    A server on loopback that has a name is behind a proxy, which people reach by HTTPS on its usual port. One that
    listens on every address is reached by its first name.
    """
    listen, names = settings.listen, settings.server_names
    if names and listen.is_loopback:
        return f"https://{_bracketed(names[0])}"
    host = names[0] if names else listen.host
    if listen.port == 0 or host in WILDCARDS:
        return ""
    return f"{'https' if _has_tls(settings) else 'http'}://{Address(host=host, port=listen.port)}"


def _has_tls(settings: Settings) -> bool:
    return bool(settings.tls_cert) or (settings.data_dir / tls_authority.FOLDER).is_dir()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
