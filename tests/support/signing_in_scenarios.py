"""An account whose people are signed in to the console, and the requests about that."""

from account_scenarios import SERVICE, staffed
from api_bench import ApiBench
from api_scenarios import Example
from console_bench import CHEAP
from hostward.domain.account import User
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import Credential
from hostward.store.passwords import Passwords
from hostward.usecases.accounts.browser import digest_of


def signed_in() -> ApiBench:
    """The administrator is signed in since an hour, the auditor just now; the operator has one-time codes on."""
    api = staffed()
    api.gateway._passwords = Passwords(CHEAP)
    users = {user.name: user for user in api.store.read_now(lambda uow: uow.accounts.users(1))}
    _sign_in(api, users["admin"], "ExampleSession01", "192.0.2.10", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
    api.clock.turn(3600)
    _sign_in(api, users["auditor"], "ExampleSession02", "192.0.2.11", "Mozilla/5.0 (Macintosh) Safari/605.1.15")
    codes = Credential(password="made-up", totp=b"made-up", totp_on=True)
    api.store.write_now(lambda uow: uow.credentials.put(users["operator"], codes))
    return api


def _sign_in(api: ApiBench, user: User, name: str, source: str, agent: str) -> None:
    now = api.clock.now()
    session = ConsoleSession(
        id=name, user=user, csrf="made-up", created=now, last_used=now, source=source, user_agent=agent
    )
    api.store.write_now(lambda uow: uow.console_sessions.add(digest_of(name), session))


def _example(name: str, action: str, request: dict, *, language: str = "en-US") -> Example:
    return Example(name, signed_in, action, request, SERVICE, language)


SIGNING_IN_EXAMPLES = (
    _example("create_login_link", "CreateLoginLink", {"UserName": "operator"}),
    _example("create_login_link_of_nobody", "CreateLoginLink", {"UserName": "nobody"}),
    _example("set_user_password", "SetUserPassword",
             {"UserName": "operator", "Password": "an example of a passphrase"}),
    _example("set_user_password_too_common", "SetUserPassword", {"UserName": "operator", "Password": "password1234"}),
    _example("reset_totp", "ResetTotp", {"UserName": "operator"}),
    _example("list_sessions", "ListSessions", {"Limit": 10}),
    _example("list_sessions_of_user", "ListSessions", {"UserName": "auditor"}),
    _example("end_session", "EndSession", {"SessionId": "ExampleSession02"}),
    _example("end_unknown_session", "EndSession", {"SessionId": "ExampleSession09"}),
)  # fmt: skip
