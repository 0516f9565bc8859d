"""What the use cases need to know of starts that callers gave a token of theirs."""

from datetime import datetime
from typing import Protocol

from hostward.domain.client_token import ClientToken
from hostward.domain.ids import AccountId, UserId


class ClientTokens(Protocol):
    """Starts by the tokens of those who asked for them."""

    def client_token(self, account: AccountId, user: UserId, token: str) -> ClientToken | None:
        """The user's start with this token, however old."""
        ...

    def add_client_token(self, known: ClientToken) -> None:
        """Remember a start. Of two transactions that add the same token only one stays; the other finds it then."""
        ...

    def forget_client_tokens(self, account: AccountId, before: datetime) -> None:
        """Remove the account's tokens of starts at this time or earlier; their tasks stay."""
        ...
