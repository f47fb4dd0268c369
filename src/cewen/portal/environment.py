"""What the portal is told from outside: one table of variables, read and checked before anything starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place

KEY_FILE = "secret-key"
SHORTEST_KEY = 50
SHORTEST_DEMO_KEY = 32
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
DATABASE_KINDS = ("sqlite", "postgres", "postgresql")
HASHES = ("sha256", "sm3")
LOG_STYLES = ("text", "json")
_HOST = re.compile(r"^(\*|\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])$")


@dataclass(frozen=True, slots=True)
class Variable:
    """Environment variable (环境变量) the portal reads: its name, what it decides, and what counts without it."""

    name: str
    meaning: str
    default: str


VARIABLES = (
    Variable("CEWEN_DATA", "数据文件夹：数据库、密钥、邮件、静态文件", "./cewen-data"),
    Variable("DATABASE_URL", "数据库：sqlite:///文件 或 postgres://用户:口令@主机/库", "数据文件夹里的 cewen.sqlite3"),
    Variable(
        "CEWEN_POLICIES",
        "政策文件夹；起草的政策发布到这里",
        "数据文件夹里的 policies，没有则为随软件附带的政策（不能发布）",
    ),
    Variable("CEWEN_SECRET_KEY", "签名密钥，不少于 50 个字符", "数据文件夹里的 secret-key，第一次启动时生成"),
    Variable("CEWEN_HOSTS", "对外的主机名，逗号分隔", "localhost,127.0.0.1,[::1]"),
    Variable("CEWEN_ORIGINS", "反向代理对外的来源（https://…），逗号分隔", "无"),
    Variable("CEWEN_HTTPS", "1：站点经 https 访问，Cookie 只走加密连接，并发送 HSTS", "0"),
    Variable("CEWEN_PROXIES", "前面有几层可信的反向代理；据此认来访地址", "0"),
    Variable("CEWEN_AUDIT_HASH", "审计链的摘要算法：sha256 或 sm3", "sha256"),
    Variable("CEWEN_MAIL", "发信服务器：smtp://用户:口令@主机:端口，smtps:// 为加密", "写入数据文件夹的 mail"),
    Variable("CEWEN_MAIL_FROM", "发信人地址", "cewen@localhost"),
    Variable("CEWEN_OIDC_URL", "统一身份认证（OIDC）的发现地址", "无"),
    Variable("CEWEN_OIDC_CLIENT", "在统一身份认证登记的应用编号", "无"),
    Variable("CEWEN_OIDC_SECRET", "在统一身份认证登记的应用密钥", "无"),
    Variable("CEWEN_LOG", "日志：text 只记警告与错误；json 每个请求一行 JSON", "text"),
    Variable("CEWEN_IMPORT_DAYS", "收到而没有载入的名册文件留几天；载入后即删", "30"),
    Variable("CEWEN_DEMO", "演示：由 cewen serve --demo 自己设定，不要手工设；1 有导览，入口密钥另可一点即入", "无"),
    Variable("CEWEN_OIDC_NAME", "登录页上统一身份认证的名称", "统一身份认证"),
)
"""Every variable, in the order the settings page shows them."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Checked settings of one installation (运行设置)."""

    data: Path
    database_url: str
    secret_key: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    is_https: bool
    proxy_count: int
    audit_hash: str
    log_style: str
    mail_url: str | None
    mail_from: str
    oidc_url: str | None
    oidc_client: str
    oidc_secret: str
    oidc_name: str
    demo: str = ""
    import_days: int = 30

    @property
    def is_demo(self) -> bool:
        """True for a demonstration: its pages offer guided tours."""
        return bool(self.demo)

    @property
    def demo_key(self) -> str:
        """The secret part of the address that opens signing in by one click; "" where there is none.

        There is none where anyone but this machine is meant to come: behind proxies, over https, under other names.
        """
        is_outward = self.is_https or self.proxy_count or self.origins or not set(self.hosts) <= LOOPBACK_HOSTS
        return "" if is_outward or len(self.demo) < SHORTEST_DEMO_KEY else self.demo

    @property
    def oidc_origin(self) -> str | None:
        """Scheme and host of the identity provider; a login form may lead there."""
        if self.oidc_url is None:
            return None
        parts = urlsplit(self.oidc_url)
        return f"{parts.scheme}://{parts.netloc}"


def read_environment(variables: Mapping[str, str] = os.environ) -> Environment:
    """The settings of this installation. Raises CewenError (CW700) naming every variable that does not fit."""
    faults: list[Diagnostic] = []

    def refuse(name: str, message: str, remedy: str) -> None:
        faults.append(Diagnostic("CW700", message, remedy, Place(field=name)))

    data = Path(variables.get("CEWEN_DATA") or "cewen-data").absolute()
    database = variables.get("DATABASE_URL") or f"sqlite:///{data / 'cewen.sqlite3'}"
    if urlsplit(database).scheme not in DATABASE_KINDS:
        refuse("DATABASE_URL", "不是可用的数据库地址", "写成 sqlite:///文件 或 postgres://用户:口令@主机/库。")
    key = variables.get("CEWEN_SECRET_KEY") or _key_in(data)
    if key is None:
        refuse("CEWEN_SECRET_KEY", f"没有签名密钥，{data} 里也没有 {KEY_FILE}", "用 cewen serve 启动，它会生成一个。")
    elif len(key) < SHORTEST_KEY:
        refuse("CEWEN_SECRET_KEY", f"签名密钥只有 {len(key)} 个字符", f"换一个不少于 {SHORTEST_KEY} 个字符的随机串。")
    hosts = _list(variables.get("CEWEN_HOSTS") or "localhost,127.0.0.1,[::1]")
    for host in hosts:
        if not _HOST.match(host):
            refuse("CEWEN_HOSTS", f"“{host}”不是主机名", "只写主机名，不带 https:// 与路径。")
    origins = _list(variables.get("CEWEN_ORIGINS") or "")
    for origin in origins:
        if not re.match(r"^https?://[^/]+$", origin):
            refuse("CEWEN_ORIGINS", f"“{origin}”不是来源", "写成 https://主机，不带路径。")
    algorithm = (variables.get("CEWEN_AUDIT_HASH") or "sha256").lower()
    if algorithm not in HASHES:
        refuse("CEWEN_AUDIT_HASH", f"没有摘要算法“{algorithm}”", f"可用的：{'、'.join(HASHES)}。")
    style = (variables.get("CEWEN_LOG") or "text").lower()
    if style not in LOG_STYLES:
        refuse("CEWEN_LOG", f"没有日志格式“{style}”", f"可用的：{'、'.join(LOG_STYLES)}。")
    switch = variables.get("CEWEN_HTTPS") or "0"
    if switch not in ("0", "1"):
        refuse("CEWEN_HTTPS", f"“{switch}”不是 0 或 1", "经 https 访问的写 1，其余写 0。")
    proxies = variables.get("CEWEN_PROXIES") or "0"
    if not re.fullmatch(r"\d", proxies):
        refuse("CEWEN_PROXIES", f"“{proxies}”不是层数", "写一个 0 到 9 的数。")
    mail = variables.get("CEWEN_MAIL") or None
    if mail is not None and (urlsplit(mail).scheme not in ("smtp", "smtps") or not urlsplit(mail).hostname):
        refuse("CEWEN_MAIL", "不是可用的发信服务器地址", "写成 smtp://用户:口令@主机:端口。")
    oidc = variables.get("CEWEN_OIDC_URL") or None
    # The token comes straight from the provider and counts for that reason: over http whoever listens could make one.
    if oidc is not None and not re.match(r"^https://[^/]+|^http://(localhost|127\.0\.0\.1|\[::1\])[:/]", oidc):
        refuse("CEWEN_OIDC_URL", "统一身份认证的地址要以 https:// 开头", "照对方给的发现地址填写。")
    if oidc is not None and not (variables.get("CEWEN_OIDC_CLIENT") and variables.get("CEWEN_OIDC_SECRET")):
        refuse("CEWEN_OIDC_CLIENT", "有统一身份认证的地址，缺应用编号或密钥", "两个都填，或都不填。")
    days = variables.get("CEWEN_IMPORT_DAYS") or "30"
    if not re.fullmatch(r"[1-9]\d{0,3}", days):
        refuse("CEWEN_IMPORT_DAYS", f"“{days}”不是天数", "写一个 1 到 9999 的整数。")
        days = "30"
    demo = (variables.get("CEWEN_DEMO") or "").removeprefix("0")
    if demo not in ("", "1") and len(demo) < SHORTEST_DEMO_KEY:
        refuse("CEWEN_DEMO", "不是 1，也不够长，作不了演示的入口密钥", "不要设它；用 cewen serve --demo 启动演示。")
    if faults:
        raise CewenError(faults)
    return Environment(
        data=data,
        database_url=database,
        secret_key=key or "",
        hosts=hosts,
        origins=origins,
        is_https=switch == "1",
        proxy_count=int(proxies),
        audit_hash=algorithm,
        log_style=style,
        mail_url=mail,
        mail_from=variables.get("CEWEN_MAIL_FROM") or "cewen@localhost",
        oidc_url=oidc,
        oidc_client=variables.get("CEWEN_OIDC_CLIENT") or "",
        oidc_secret=variables.get("CEWEN_OIDC_SECRET") or "",
        oidc_name=variables.get("CEWEN_OIDC_NAME") or "统一身份认证",
        demo=demo,
        import_days=int(days),
    )


def _key_in(data: Path) -> str | None:
    try:
        return (data / KEY_FILE).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
