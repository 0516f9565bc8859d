"""What the gateway says when it refuses a request, in the two languages of X-TC-Language."""

from typing import Final, Literal, NamedTuple

Language = Literal["en-US", "zh-CN"]
DEFAULT_LANGUAGE: Final = "en-US"

SHOWN_CHARS: Final = 64
"""How much of a value of the caller's a message repeats."""


class Text(NamedTuple):
    """One message in both languages; names in braces are filled in."""

    english: str
    chinese: str

    def said(self, language: Language, values: dict[str, object]) -> str:
        """The message with its values; they are inserted as they are, never interpreted."""
        return (self.chinese if language == "zh-CN" else self.english).format_map(values)


def shown(value: object) -> str:
    """A caller's value, short and fit for a JSON string: no control characters, no broken Unicode."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in cut)


AS_SAID = Text("{message}", "{message}")
INTERNAL = Text(
    "An internal error occurred. The server's log has it under this RequestId.",
    "服务内部错误,服务器日志中可按此 RequestId 查找。",
)

TOO_LARGE = Text("The request is larger than {limit} bytes.", "请求超过 {limit} 字节。")
METHOD = Text(
    "The HTTP method {method} is not supported: use POST or GET.", "不支持 HTTP 方法 {method}:请使用 POST 或 GET。"
)
MULTIPART = Text(
    "multipart/form-data is not supported: send the parameters as application/json.",
    "不支持 multipart/form-data:请以 application/json 发送参数。",
)
COMMON_MISSING = Text("The common parameter `{name}` is missing.", "缺少公共参数 `{name}`。")

NO_AUTHORIZATION = Text("The Authorization header is missing.", "缺少 Authorization 请求头。")
BAD_AUTHORIZATION = Text(
    "The Authorization header can't be read: expected TC3-HMAC-SHA256 Credential=SecretId/Date/service/tc3_request, "
    "SignedHeaders=content-type;host, Signature=64 hexadecimal digits.",
    "无法解析 Authorization 请求头:应为 TC3-HMAC-SHA256 Credential=SecretId/Date/service/tc3_request, "
    "SignedHeaders=content-type;host, Signature=64 位十六进制数。",
)
UNSIGNED_HEADERS = Text(
    "The headers content-type and host must be among SignedHeaders.", "SignedHeaders 必须包含 content-type 和 host。"
)
SIGNATURE_V1 = Text(
    "Signature version 1 is not accepted here yet: sign with TC3-HMAC-SHA256 (signMethod of the SDKs).",
    "暂不接受 v1 签名:请使用 TC3-HMAC-SHA256(SDK 的 signMethod)。",
)
SIGNED_GET = Text("Signed GET requests are not accepted here yet: use POST.", "暂不接受带签名的 GET 请求:请使用 POST。")
NO_SUCH_ID = Text(
    "The SecretId is not found, please ensure that your SecretId is correct.",
    "SecretId 不存在,请确认 SecretId 是否正确。",
)
KEY_DISABLED = Text("The key {secret_id} is disabled.", "密钥 {secret_id} 已禁用。")
USER_DISABLED = Text("The user {user} is disabled or locked.", "用户 {user} 已禁用或锁定。")
BAD_TIMESTAMP = Text(
    "X-TC-Timestamp `{value}` is not a Unix time in seconds.", "X-TC-Timestamp `{value}` 不是以秒为单位的 Unix 时间。"
)
EXPIRED = Text(
    "X-TC-Timestamp is more than {seconds} seconds away from the server's time, {now}: set this machine's clock.",
    "X-TC-Timestamp 与服务器时间 {now} 相差超过 {seconds} 秒:请校准本机时钟。",
)
TOKEN = Text(
    "X-TC-Token is not valid for this key: keys of this server are used without a token.",
    "X-TC-Token 对此密钥无效:本服务器的密钥不使用临时令牌。",
)
BAD_SIGNATURE = Text(
    "The provided credentials could not be validated. Please check your signature is correct.",
    "签名验证失败,请检查签名计算是否正确。",
)
UNAUTHORIZED = Text(
    "The role {role} of the user {user} does not include {action}.", "用户 {user} 的角色 {role} 无权调用 {action}。"
)

NO_SERVICE = Text("There is no service `{service}` here: {known}.", "此处没有服务 `{service}`:可用服务为 {known}。")
NO_VERSION = Text(
    "The service {service} has no version `{version}`: use {known}.",
    "服务 {service} 没有版本 `{version}`:请使用 {known}。",
)
NO_ACTION = Text("The service {service} has no action `{action}`.", "服务 {service} 没有接口 `{action}`。")
NOT_SERVED = Text(
    "{action} is an action of {service} that this server does not serve.",
    "{action} 是 {service} 的接口,但本服务器不提供。",
)
RATE = Text(
    "At most {limit} requests a second to {action}: wait and try again.",
    "{action} 每秒最多 {limit} 次请求:请稍后重试。",
)

NOT_JSON = Text("The body is not JSON in UTF-8.", "请求体不是 UTF-8 编码的 JSON。")
NOT_OBJECT = Text("The body must be a JSON object.", "请求体必须是 JSON 对象。")
DUPLICATE = Text("The body has the member `{name}` twice.", "请求体中成员 `{name}` 重复。")
TOO_DEEP = Text("The body is nested more than {limit} levels deep.", "请求体嵌套超过 {limit} 层。")
TOO_MANY = Text("The body has more than {limit} members.", "请求体成员超过 {limit} 个。")

UNKNOWN = Text("The parameter `{name}` is not known; known here: {known}.", "未知参数 `{name}`;已知参数:{known}。")
MISSING = Text("The parameter `{name}` is missing.", "缺少参数 `{name}`。")
WRONG_TYPE = Text("The parameter `{name}` must be of type {type}.", "参数 `{name}` 的类型必须为 {type}。")
WRONG_VALUE = Text(
    "The value `{value}` of the parameter `{name}` is not valid; accepted: {accepted}.",
    "参数 `{name}` 的值 `{value}` 无效;可接受:{accepted}。",
)
WRONG_COUNT = Text(
    "The parameter `{name}` has {count} values; accepted: {accepted}.",
    "参数 `{name}` 有 {count} 个值;可接受:{accepted}。",
)
WITHOUT_EFFECT = Text("The parameter `{name}` would have no effect: {reason}.", "参数 `{name}` 不会生效:{reason}。")
UNSUPPORTED = Text(
    "The value `{value}` of the parameter `{name}` is not supported here: {reason}.",
    "此处不支持参数 `{name}` 的值 `{value}`:{reason}。",
)
NOT_A_TASK = Text("TaskId {task} is not a {module} task", "TaskId {task} 不是 {module} 任务")
