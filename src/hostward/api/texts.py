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
        """The message with its values; they are inserted as they are, never interpreted. A Text is said first."""
        text = self.chinese if language == "zh-CN" else self.english
        return text.format_map(
            {name: value.said(language, {}) if isinstance(value, Text) else value for name, value in values.items()}
        )


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

NO_AUTHORIZATION = Text(
    "The request is not signed: the Authorization header (in signature version 1: the parameter Signature) is missing.",
    "请求未签名:缺少 Authorization 请求头(或 v1 签名的 Signature 参数)。",
)
BAD_AUTHORIZATION = Text(
    "The Authorization header can't be read: expected TC3-HMAC-SHA256 Credential=SecretId/Date/service/tc3_request, "
    "SignedHeaders=content-type;host, Signature=64 hexadecimal digits.",
    "无法解析 Authorization 请求头:应为 TC3-HMAC-SHA256 Credential=SecretId/Date/service/tc3_request, "
    "SignedHeaders=content-type;host, Signature=64 位十六进制数。",
)
UNSIGNED_HEADERS = Text(
    "The headers content-type and host must be among SignedHeaders.", "SignedHeaders 必须包含 content-type 和 host。"
)
BAD_SIGNATURE_V1 = Text(
    "The signature parameters can't be read: SecretId must be a key's id, and SignatureMethod HmacSHA1 or HmacSHA256.",
    "无法解析签名参数:SecretId 必须为密钥 ID,SignatureMethod 必须为 HmacSHA1 或 HmacSHA256。",
)
NO_SUCH_ID = Text(
    "The SecretId is not found, please ensure that your SecretId is correct.",
    "SecretId 不存在,请确认 SecretId 是否正确。",
)
KEY_DISABLED = Text("The key {secret_id} is disabled.", "密钥 {secret_id} 已禁用。")
USER_DISABLED = Text("The user {user} is disabled or locked.", "用户 {user} 已禁用或锁定。")
BAD_TIMESTAMP = Text(
    "The timestamp `{value}` is not a Unix time in seconds.", "时间戳 `{value}` 不是以秒为单位的 Unix 时间。"
)
EXPIRED = Text(
    "The timestamp is more than {seconds} seconds away from the server's time, {now}: set the clock of the caller.",
    "时间戳与服务器时间 {now} 相差超过 {seconds} 秒:请校准调用方的时钟。",
)
TOKEN = Text(
    "X-TC-Token is not valid for this key: keys that are not temporary are used without a token.",
    "X-TC-Token 对此密钥无效:非临时密钥不使用令牌。",
)
TOKEN_OVER = Text(
    "The token of this temporary key is missing, wrong, or over: ask for a new one (CreateTemporaryToken).",
    "该临时密钥的令牌缺失、错误或已过期:请重新申请(CreateTemporaryToken)。",
)
BAD_SIGNATURE = Text(
    "The provided credentials could not be validated. Please check your signature is correct.",
    "签名验证失败,请检查签名计算是否正确。",
)
UNAUTHORIZED = Text(
    "{action} needs permission {permission}, role {role} lacks it (user {user}).",
    "{action} 需要权限 {permission},角色 {role} 不具备该权限(用户 {user})。",
)
UNAUTHORIZED_BOUND = Text(
    "{action} needs permission {permission}, role {role} that the temporary key was made for lacks it (user {user}).",
    "{action} 需要权限 {permission},该临时密钥的角色 {role} 不具备该权限(用户 {user})。",
)
UNAUTHORIZED_TOKEN = Text(
    "{action} needs permission {permission}, which temporary keys never have: use a key of the user {user}.",
    "{action} 需要权限 {permission},临时密钥不具备该权限:请使用用户 {user} 的密钥。",
)
UNAUTHORIZED_LIMITED = Text(
    "{action} needs permission {permission} for the whole account, the user {user} is limited to {tags}.",
    "{action} 需要整个账号的权限 {permission},用户 {user} 仅限于 {tags}。",
)
TOKEN_NEEDS_KEY = Text(
    "A temporary key is made with a key: sign this request with one.", "临时密钥须由密钥创建:请使用密钥签名此请求。"
)
NOT_SIGNED_IN = Text("You are not signed in (any more): sign in again.", "尚未登录或登录已失效:请重新登录。")
NO_CSRF = Text(
    "The header X-Hostward-CSRF is missing or not that of this session: reload the page.",
    "缺少请求头 X-Hostward-CSRF,或其值与当前会话不符:请重新加载页面。",
)
FOREIGN_PAGE = Text(
    "The request comes from a page of {origin}, which is not this server.", "请求来自 {origin} 的页面,而非本服务器。"
)
MUST_SET_PASSWORD = Text(
    "The user {user} came by a login link and must set a password first: open the console and choose one.",
    "用户 {user} 通过登录链接进入,须先设置密码:请打开控制台设置。",
)
NO_PASSWORDS = Text("Passwords are not set here.", "此处不能设置密码。")
NO_PERMISSION = Text(
    "{action} has no entry in the table of permissions, so that nobody may call it.",
    "{action} 未列入权限表,任何人都不能调用。",
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

NOT_FLAT = Text(
    "The query or form can't be read: expected name=value pairs joined by &, percent-encoded UTF-8.",
    "无法解析查询串或表单:应为以 & 连接的 name=value,并按 UTF-8 百分号编码。",
)
TWICE = Text("The parameter `{name}` is given twice.", "参数 `{name}` 重复。")
NESTED_TOO_DEEP = Text("The parameter `{name}` has more than {limit} levels.", "参数 `{name}` 超过 {limit} 层。")
TWO_SHAPES = Text(
    "The parameter `{name}` contradicts another one: a value and an object or array can't have the same name.",
    "参数 `{name}` 与其他参数冲突:同名参数不能既是值又是对象或数组。",
)
GAP = Text(
    "The indices of the array `{name}` must be 0, 1, 2 and so on: {index} is missing, `{found}` is there.",
    "数组参数 `{name}` 的下标必须为 0、1、2 依次递增:缺少 {index},却有 `{found}`。",
)

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

NO_CONTAINER_VIEW = Text("vulnerabilities are shown as hosts have them", "仅提供主机视角的漏洞信息")
NO_PROJECTS = Text("machines belong to no project here", "此处的主机不属于任何项目")
NO_APP_IDS = Text("a key sees the machines of its own account; leave it out", "密钥只能看到本账号的主机;请省略此参数")
NO_ENROLMENT_DAY = Text("the day on which a machine was enrolled is not kept", "未记录主机的接入日期")
NO_INSTANCE_STATE = Text(
    "whether a machine is switched on is not known here; use ONLINE or OFFLINE",
    "此处不知道主机是否开机;请使用 ONLINE 或 OFFLINE",
)
NO_PATHS = Text("only ScanPattern 2 and 3 use it", "仅 ScanPattern 2 和 3 使用此参数")
NO_ATTACKS = Text("vulnerabilities are never proved by attacking; use 0", "不会通过攻击来验证漏洞;请使用 0")
NO_WINDOWS_UPDATES = Text("Windows updates are not scanned here", "此处不扫描 Windows 更新")
NO_WINDOWS = Text(
    "Windows systems are not scanned; use 1, 2, 4 or 0 for all of them",
    "不扫描 Windows 系统;请使用 1、2、4,或以 0 表示全部",
)
NO_QUUIDS = Text("HostType 1 is all machines; use HostType 2", "HostType 1 表示全部主机;请使用 HostType 2")
NO_SCOPE = Text("it goes with Scope", "须与 Scope 一起使用")
NO_EXCLUDED = Text(
    "AssetScopeType 1 is the machines of IncludeQuuidList", "AssetScopeType 1 表示 IncludeQuuidList 中的主机"
)
NO_INCLUDED = Text("AssetScopeType 0 is all machines; use 1", "AssetScopeType 0 表示全部主机;请使用 1")
NO_ATTACK_LEVELS = Text("how much a vulnerability is attacked is not known here", "此处不掌握漏洞的攻击热度")
NO_BASELINE = Text("baseline items are no vulnerabilities here", "此处的基线项不计入漏洞")
NO_INSTALL_TIME = Text(
    "when a package was installed is not in a machine's inventory; packages are sorted by name",
    "主机清单中没有软件包的安装时间;软件包按名称排序",
)
ONE_OF_TWO = Text("name a Quuid or a Tag", "请指定 Quuid 或 Tag 之一")
OTHER_MODULE = Text("these are options of another Module", "这是其他 Module 的选项")
"""Reasons of WITHOUT_EFFECT and UNSUPPORTED."""

A_JSON_OBJECT = Text("a JSON object of parameters", "由参数组成的 JSON 对象")
A_CLIENT_TOKEN = Text("1 to 64 printable ASCII characters", "1 至 64 个可打印的 ASCII 字符")
A_SERVER = Text("HOST:PORT, http://HOST:PORT or https://HOST", "HOST:PORT、http://HOST:PORT 或 https://HOST")
AN_ADDRESS = Text("an address or a part of one", "IP 地址或其一部分")
A_TAG = Text("the Id of a tag (DescribeTags)", "标签的 Id(DescribeTags)")
A_REGION = Text(
    "ap-others, all-regions, or a region's name such as ap-guangzhou",
    "ap-others、all-regions,或 ap-guangzhou 等地域名",
)
"""What WRONG_VALUE accepts."""

NO_EXPORTS = Text("Exports are not made here: ask a running server.", "此处不提供导出:请使用运行中的服务。")
NO_EXPORT = Text(
    "There is no such export of yours, or its 24 hours are over: export again.",
    "您没有此导出任务,或其已超过 24 小时:请重新导出。",
)
NO_TAG = Text("There is no tag {tag}.", "不存在标签 {tag}。")
TAG_NAME = Text(
    "The name of a tag has 1 to {limit} characters, none of them a control character.",
    "标签名称应为 1 至 {limit} 个字符,且不得包含控制字符。",
)
BAD_TIME = Text("YYYY-MM-DD HH:MM:SS in the time zone of the API", "YYYY-MM-DD HH:MM:SS(API 时区)")
EVENT_NUMBERS = Text("numbers of events (EventId), parted by commas", "以逗号分隔的事件编号(EventId)")
A_TIME_OR_TWO = Text(
    "one or two times, from and to, YYYY-MM-DD HH:MM:SS in the time zone of the API",
    "一个或两个时间(起、止),YYYY-MM-DD HH:MM:SS(API 时区)",
)
A_SCORE = Text("a number from 0 to 10", "0 至 10 之间的数")
BAD_DATE = Text("YYYY-MM-DD, from today on", "YYYY-MM-DD,不早于今天")
BAD_HOST = Text("a host name or address of this server", "本服务的主机名或地址")
NO_VUL = Text("There is no vulnerability {vul}.", "不存在编号为 {vul} 的漏洞。")
NO_BILLS = Text(
    "Bills of materials are read by a running server alone: call this action there.",
    "仅运行中的服务器可以解析物料清单:请在其上调用。",
)
NO_EVENT = Text(
    "There is no finding {event}: ListMachineVulnerabilities lists those of a machine.",
    "不存在编号为 {event} 的检测结果:可用 ListMachineVulnerabilities 查询。",
)
NO_MACHINE = Text("There is no machine with this Uuid or Quuid.", "不存在具有此 Uuid 或 Quuid 的主机。")
FIXED_IN = Text("{name} {version}: fixed in {fixed}", "{name} {version}:修复版本 {fixed}")
NO_FIX_KNOWN = Text("{name} {version}: no fix is known", "{name} {version}:暂无修复版本")
MORE_PACKAGES = Text("{count} more packages", "另有 {count} 个软件包")

STATUS_SCANNING = Text("Scanning", "扫描中")
STATUS_OK = Text("Done", "已完成")
STATUS_FAIL = Text("Failed", "扫描失败")
STATUS_STOP = Text("Stopped", "已停止")
