"""Group robots of 企业微信, 钉钉 and 飞书: one adapter, three dialects. The message says that there is a notice and for
whom, never what it says: it leaves the house."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from taizhang.org.models import Notice, User

SECONDS = 8
LOCAL = ("127.0.0.1", "localhost")


class Refused(Exception):
    """What the robot's server answered when it did not take a message."""


@dataclass(frozen=True, slots=True)
class Robot:
    """One group's robot. ``setting`` names the address in the settings, ``setting`` + ``_SECRET`` the signing key (''
    when the robot has none)."""

    setting: str
    body: Callable[[str, str], dict[str, Any]]
    sign: Callable[[str, str, dict[str, Any]], tuple[str, dict[str, Any]]]
    fault: Callable[[dict[str, Any]], str]

    def is_set_up(self) -> bool:
        return bool(getattr(settings, self.setting, ""))

    def accepts(self, user: User) -> bool:
        """Who has a telephone number can be called by it in the group."""
        return bool(user.phone)

    def send(self, notice: Notice) -> None:
        """Post one message. Raises Refused, or whatever the network says; it is then tried again later."""
        text = f"{notice.user}：台账系统有一条新的{notice.level}，请登录查看。编号：{notice.pk}"
        url, secret = getattr(settings, self.setting), getattr(settings, f"{self.setting}_SECRET", "")
        body = self.body(text, notice.user.phone)
        if secret:
            url, body = self.sign(url, secret, body)
        answer = _post(url, body)
        if said := self.fault(answer):
            raise Refused(said)


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """JSON there, JSON back. The address comes from the settings; only TLS leaves the machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise Refused("机器人地址须以 https:// 开头")
    data = json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, {"Content-Type": "application/json; charset=utf-8"})
    with urlopen(request, timeout=SECONDS) as response:
        answer = json.loads(response.read(65536) or b"{}")
    if not isinstance(answer, dict):
        raise Refused("机器人的回答看不懂")
    return answer


def _code_fault(*names: str) -> Callable[[dict[str, Any]], str]:
    """Zero under one of the names is success; a missing code is none."""

    def fault(answer: dict[str, Any]) -> str:
        code = next((answer[name] for name in names if name in answer), None)
        said = answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or ""
        return "" if code == 0 else f"{code} {said}".strip()[:200]

    return fault


def _wecom(text: str, phone: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [phone]}}


def _dingtalk(text: str, phone: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": f"{text} @{phone}"}, "at": {"atMobiles": [phone], "isAtAll": False}}


def _feishu(text: str, phone: str) -> dict[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


def _unsigned(url: str, secret: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return url, body


def _dingtalk_signed(url: str, secret: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """HMAC-SHA256 over "milliseconds newline secret" with the secret as key, in the address."""
    moment = str(round(time.time() * 1000))
    digest = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256).digest()
    sign = quote_plus(base64.b64encode(digest))
    return f"{url}{'&' if '?' in url else '?'}timestamp={moment}&sign={sign}", body


def _feishu_signed(url: str, secret: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """HMAC-SHA256 of nothing with "seconds newline secret" as key, in the body."""
    moment = str(int(time.time()))
    digest = hmac.new(f"{moment}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return url, {**body, "timestamp": moment, "sign": base64.b64encode(digest).decode()}


ROBOTS: dict[str, Robot] = {
    "企业微信": Robot("NOTICE_WECOM", _wecom, _unsigned, _code_fault("errcode")),
    "钉钉": Robot("NOTICE_DINGTALK", _dingtalk, _dingtalk_signed, _code_fault("errcode")),
    "飞书": Robot("NOTICE_FEISHU", _feishu, _feishu_signed, _code_fault("code", "StatusCode")),
}
