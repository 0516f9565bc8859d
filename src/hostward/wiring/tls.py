"""Whether a server speaks TLS, with which certificate, and how that changes while it serves."""

import ssl
import threading
from collections.abc import Collection, Container
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hostward.domain.errors import HostwardError, InvalidValue
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.settings import Settings
from hostward.wiring import tls_authority
from hostward.wiring.tls_files import Pair, Shown, covers, load, stamp

LOOK_SECONDS = 2.0
"""Between two looks at the files: how long a new certificate waits."""

STOP_SECONDS = 5.0

WARNED = timedelta(days=14)
"""Before its end a given certificate is warned of, at each start and reload."""

WILDCARDS = frozenset({"0.0.0.0", "::"})  # noqa: S104  # to be recognised, not to be listened on

_log = get_logger(__name__)


class LiveCertificate:
    """A certificate that connections get, and its successor once the files hold one that can be used.

    A handshake takes the newest; connections that are open go on. Two threads may use it.
    """

    def __init__(self, pair: Pair, clock: Clock) -> None:
        self._pair = pair
        self._clock = clock
        self._stamp = stamp(pair)
        self._shown = load(pair)
        self.context: ssl.SSLContext = self._shown.context
        self.context.sni_callback = self._newest
        self._warn()

    @property
    def shown(self) -> Shown:
        """What new connections get."""
        return self._shown

    def refresh(self) -> bool:
        """Take what the files hold now, if they changed; what can't be used changes nothing and is logged once."""
        now = stamp(self._pair)
        if now == self._stamp:
            return False
        self._stamp = now
        try:
            self._shown = load(self._pair)
        except HostwardError as error:
            _log.error("new certificate refused, the old one stays", reason=str(error))
            return False
        _log.info("certificate replaced", fingerprint=self._shown.fingerprint, ends=self._shown.ends.isoformat())
        self._warn()
        return True

    def _newest(
        self, connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext
    ) -> int | None:
        """Called at each handshake, also when the client names no host."""
        if self._shown.context is not self.context:
            connection.context = self._shown.context
        return None

    def _warn(self) -> None:
        left = self._shown.ends - self._clock.now()
        if left < WARNED:
            _log.warning("certificate ends soon", ends=self._shown.ends.isoformat(), days=left.days)
        if not self._shown.names:
            _log.warning("certificate names no host (subjectAltName): clients refuse it", file=str(self._pair.cert))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How a server speaks TLS. folder: of its own CA, None when it was given a certificate."""

    live: LiveCertificate
    clock: Clock
    folder: Path | None = None

    @property
    def ca_file(self) -> Path | None:
        """What clients trust beside the public authorities; None when that is not ours to say."""
        return None if self.folder is None else self.folder / tls_authority.CA_FILE

    def look(self) -> None:
        """Renew an own certificate that is due, and take what the files hold. Raises HostwardError."""
        try:
            if self.folder is not None and self.clock.now() >= tls_authority.opened(self.folder).renewal:
                tls_authority.init(self.folder, (), self.clock.now())
        finally:
            self.live.refresh()


def chosen(settings: Settings, clock: Clock) -> Tls | None:
    """The TLS that the settings ask for, else that of the own CA if there is one; None for plain HTTP.

    Raises HostwardError when files can't be used, and when other machines could reach a server without TLS.
    """
    if settings.tls_cert or settings.tls_key:
        return Tls(live=LiveCertificate(_given(settings), clock), clock=clock)
    folder = settings.data_dir / tls_authority.FOLDER
    if folder.is_dir():
        if not tls_authority.exists(folder):
            raise HostwardError(f"{folder} holds no CA: run `hostward tls init`, or remove that folder to serve HTTP")
        host = settings.listen.host
        own = tls_authority.init(folder, () if host in WILDCARDS else (host,), clock.now())
        return Tls(live=LiveCertificate(own.pair, clock), clock=clock, folder=folder)
    if not settings.listen.is_loopback:
        raise InvalidValue(
            f"listen = {settings.listen} ({settings.sources['listen']}): other machines can reach that address, so it "
            "needs TLS. Run `hostward tls init --name NAME` once, or give --tls-cert FILE and --tls-key FILE"
        )
    return None


def shown_host(settings: Settings, tls: Tls | None, bound: str) -> str:
    """The host that clients are told to use. bound: the address that is listened on.

    That address if its certificate is for it, else the first name that is.
    """
    names = () if tls is None else tls.live.shown.names
    loopback = "127.0.0.1" if bound == "0.0.0.0" else "::1"  # noqa: S104  # compared, not listened on
    own = loopback if bound in WILDCARDS else bound
    wildcard_or_strange = bound in WILDCARDS or (tls is not None and not covers(names, own))
    if not wildcard_or_strange:
        return own
    others = (*settings.server_names, *sorted(set(names) - set(tls_authority.LOOPBACK_NAMES)))
    return next((name for name in others if "*" not in name), own)


@dataclass(frozen=True, slots=True)
class HostNames(Container[str]):
    """Names that a request may be for: those of the settings and, as it changes, of the certificate."""

    configured: Collection[str]
    tls: Tls | None = None

    def __contains__(self, host: object) -> bool:
        """Whether this name (small letters, an IPv6 address without brackets) is one of them."""
        if not isinstance(host, str):
            return False
        return host in self.configured or (self.tls is not None and covers(self.tls.live.shown.names, host))


@dataclass(slots=True)
class Watch:
    """Looks every few seconds, in a thread of its own: files may be on a slow disk."""

    tls: Tls
    seconds: float = LOOK_SECONDS
    _over: threading.Event = field(default_factory=threading.Event)
    _told: str = ""
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="hostward-tls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._over.wait(self.seconds):
            self.once()

    def once(self) -> None:
        """One look; a failure is logged when it is another than the last one."""
        try:
            self.tls.look()
        except HostwardError as error:
            if str(error) != self._told:
                _log.error("certificate not renewed", reason=str(error))
            self._told = str(error)
        except Exception:  # noqa: BLE001  # whatever it was, the next look must come
            _log.exception("certificate not looked after")
        else:
            self._told = ""


def _given(settings: Settings) -> Pair:
    if not settings.tls_cert or not settings.tls_key:
        missing = "tls.cert (--tls-cert)" if settings.tls_key else "tls.key (--tls-key)"
        raise InvalidValue(f"{missing} is missing: TLS needs a certificate and its key")
    return Pair(cert=Path(settings.tls_cert).absolute(), key=Path(settings.tls_key).absolute())
