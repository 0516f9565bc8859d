"""Refusals: the codes of the API, which of them an action may send, and the table from domain errors to codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hostward.api.texts import AS_SAID, INTERNAL, Language, Text
from hostward.domain.errors import Conflict, Forbidden, HostwardError, InvalidValue, NoMachines, NotFound


class Code(StrEnum):
    """The codes this gateway sends, in the order in which a request is checked."""

    TOO_LARGE = "RequestSizeLimitExceeded"
    UNSUPPORTED_PROTOCOL = "UnsupportedProtocol"
    INVALID_REQUEST = "InvalidRequest"
    MISSING_PARAMETER = "MissingParameter"
    INVALID_AUTHORIZATION = "AuthFailure.InvalidAuthorization"
    SECRET_ID_NOT_FOUND = "AuthFailure.SecretIdNotFound"
    INVALID_SECRET_ID = "AuthFailure.InvalidSecretId"
    AUTH_FAILURE = "AuthFailure"
    SIGNATURE_EXPIRE = "AuthFailure.SignatureExpire"
    TOKEN_FAILURE = "AuthFailure.TokenFailure"
    SIGNATURE_FAILURE = "AuthFailure.SignatureFailure"
    NO_SUCH_PRODUCT = "NoSuchProduct"
    NO_SUCH_VERSION = "NoSuchVersion"
    INVALID_ACTION = "InvalidAction"
    UNSUPPORTED_OPERATION = "UnsupportedOperation"
    UNAUTHORIZED_OPERATION = "AuthFailure.UnauthorizedOperation"
    RATE = "RequestLimitExceeded"
    ILLEGAL_REQUEST = "InvalidParameter.IllegalRequest"
    UNKNOWN_PARAMETER = "UnknownParameter"
    INVALID_PARAMETER = "InvalidParameter"
    INVALID_VALUE = "InvalidParameterValue"
    FAILED = "FailedOperation"
    NO_HOST = "FailedOperation.NoProfessionHost"
    RESOURCE_NOT_FOUND = "ResourceNotFound"
    TAG_NAME_LENGTH = "InvalidParameterValue.TagNameLengthLimit"
    INTERNAL = "InternalError"


def codes(text: str) -> frozenset[str]:
    """The codes in a text, which are parted by white space."""
    return frozenset(text.split())


COMMON: Final = codes(
    """ActionOffline AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId AuthFailure.MFAFailure
    AuthFailure.SecretIdNotFound AuthFailure.SignatureExpire AuthFailure.SignatureFailure AuthFailure.TokenFailure
    AuthFailure.UnauthorizedOperation DryRunOperation FailedOperation InternalError InvalidAction InvalidParameter
    InvalidParameterValue InvalidRequest IpInBlacklist IpNotInWhitelist LimitExceeded MissingParameter NoSuchProduct
    NoSuchVersion RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded
    RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded RequestSizeLimitExceeded ResourceInUse
    ResourceInsufficient ResourceNotFound ResourceUnavailable ResponseSizeLimitExceeded ServiceUnavailable
    UnauthorizedOperation UnknownParameter UnsupportedOperation UnsupportedProtocol UnsupportedRegion"""
)
"""Codes that every action may send (the page "Common Error Codes"; a test compares them with contract.json)."""

INSTEAD: Final[Mapping[Code, Code]] = {
    Code.AUTH_FAILURE: Code.UNAUTHORIZED_OPERATION,
    Code.ILLEGAL_REQUEST: Code.INVALID_PARAMETER,
    Code.NO_HOST: Code.FAILED,
    Code.TAG_NAME_LENGTH: Code.INVALID_VALUE,
}
"""What an action sends that does not list a code which is not common either."""

OF_DOMAIN: Final[tuple[tuple[type[HostwardError], Code], ...]] = (
    (InvalidValue, Code.INVALID_VALUE),  # UnsupportedValue is one too
    (NotFound, Code.INVALID_VALUE),
    (NoMachines, Code.NO_HOST),
    (Forbidden, Code.UNAUTHORIZED_OPERATION),
    (Conflict, Code.FAILED),
)
"""The one table from domain errors to codes; what is not here is an InternalError."""


MESSAGE_CHARS: Final = 1000
"""How much of a domain error's words a caller gets (they may name every wrong value)."""


class ApiError(Exception):
    """A request is refused: a code, and words for the caller in either language."""

    def __init__(self, code: Code, text: Text, **values: object) -> None:
        super().__init__(code, text.english, values)
        self.code = code
        self._text = text
        self._values = values

    def message(self, language: Language) -> str:
        """The words in the caller's language."""
        return self._text.said(language, self._values)


class DomainRefusal(ApiError):
    """A refusal in the words of an error of the domain, which may know both languages."""

    def __init__(self, code: Code, error: HostwardError) -> None:
        super().__init__(code, AS_SAID, message=str(error))
        self._error = error

    def message(self, language: Language) -> str:
        """The words in the caller's language, as many as a caller gets."""
        return self._error.said(language)[:MESSAGE_CHARS]


def refusal_of(error: HostwardError) -> ApiError | None:
    """The refusal a domain error stands for, with its own words; None when it is no fault of the caller's."""
    for kind, code in OF_DOMAIN:
        if isinstance(error, kind):
            return DomainRefusal(code, error)
    return None


def defect() -> ApiError:
    """The refusal for what nobody foresaw."""
    return ApiError(Code.INTERNAL, INTERNAL)


def allowed(code: Code, own: frozenset[str]) -> Code:
    """The code as an action with this list of its own may send it."""
    if code in COMMON or code in own:
        return code
    return INSTEAD[code]
