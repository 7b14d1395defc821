"""Group robots against a server that answers as 企业微信, 钉钉 and 飞书 do: what is said, signed, refused and tried again."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from taizhang.org import notices
from taizhang.org.models import Delivery
from tests.support import make_county

pytestmark = pytest.mark.django_db
SECRET = "测试密钥"


class Server:
    """A robot's server on this machine: keeps what it was sent, answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict]] = []
        self.answer: dict = {"errcode": 0, "errmsg": "ok"}
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, json.loads(body)))
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(json.dumps(outer.answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/robot?key=1"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.http.shutdown()
    thread.join()
    made.http.server_close()


@pytest.fixture
def county():
    county = make_county()
    county.own.phone = "13900000001"
    county.own.save()
    return county


def sent(county, *people) -> list[Delivery]:
    notices.send_notice(to=people or [county.own], text="AQ-2026-0001 的隐患明天到期", by=None, level="催办单")
    notices.deliver_waiting(timezone.now() + timedelta(seconds=1))
    return list(Delivery.objects.order_by("id"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("WECOM", lambda body: (body["text"]["content"], body["text"]["mentioned_mobile_list"])),
        ("DINGTALK", lambda body: (body["text"]["content"], body["at"]["atMobiles"])),
        ("FEISHU", lambda body: (body["content"]["text"], ["13900000001"])),
    ],
)
def test_each_robot_gets_its_own_dialect_and_no_word_of_the_matter(county, server, settings, name, said):
    setattr(settings, f"NOTICE_{name}", server.url)
    server.answer = {"code": 0, "msg": "success"} if name == "FEISHU" else server.answer
    (delivery,) = sent(county)
    assert delivery.state == Delivery.SENT
    text, phones = said(server.got[0][1])
    assert "学校own" in text and "催办单" in text and phones == ["13900000001"]
    assert "AQ-2026-0001" not in text and "隐患" not in text


def test_dingtalk_is_signed_in_the_address_and_feishu_in_the_body(county, server, settings):
    settings.NOTICE_DINGTALK, settings.NOTICE_DINGTALK_SECRET = server.url, SECRET
    settings.NOTICE_FEISHU, settings.NOTICE_FEISHU_SECRET = server.url, SECRET
    server.answer = {"errcode": 0, "code": 0}
    assert [item.state for item in sent(county)] == [Delivery.SENT, Delivery.SENT]
    query = parse_qs(urlsplit(server.got[0][0]).query)
    moment = query["timestamp"][0]
    digest = hmac.new(SECRET.encode(), f"{moment}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(digest).decode()] and query["key"] == ["1"]
    body = server.got[1][1]
    digest = hmac.new(f"{body['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert body["sign"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [(200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "93000 invalid"), (500, {}, "500"), (200, {}, "None")],
)
def test_what_the_server_refuses_is_tried_again_and_shown(county, server, settings, status, answer, said):
    settings.NOTICE_WECOM = server.url
    server.status, server.answer = status, answer
    (delivery,) = sent(county)
    assert delivery.state == Delivery.WAITING and said in delivery.problem
    assert said in notices.failed_deliveries(county.root).get().problem
    server.status, server.answer = 200, {"errcode": 0}
    assert notices.deliver_waiting(timezone.now() + timedelta(hours=1)) == 1
    assert Delivery.objects.get().state == Delivery.SENT and len(server.got) == 2


def test_after_five_tries_it_is_given_up(county, server, settings):
    settings.NOTICE_WECOM, server.status = server.url, 503
    sent(county)
    for day in range(1, 8):
        notices.deliver_waiting(timezone.now() + timedelta(days=day))
    assert Delivery.objects.get().state == Delivery.FAILED and len(server.got) == notices.MOST_TRIES


def test_without_an_address_or_a_telephone_number_nothing_goes_out(county, server, settings):
    assert sent(county) == []
    settings.NOTICE_WECOM = server.url
    assert sent(county, county.other) == [] and server.got == []


def test_only_tls_leaves_the_machine(county, settings):
    settings.NOTICE_WECOM = "http://robot.example/send"
    (delivery,) = sent(county)
    assert "https://" in delivery.problem
