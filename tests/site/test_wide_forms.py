"""Reading a form in one go gives what Django's own reading gives, or leaves the form to it."""

from io import BytesIO
from urllib.parse import quote_plus, urlencode

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict

from taizhang.site.wide_forms import Request, unpacked

BROWSERS = [
    b"",
    b"a=1",
    urlencode({"v::::在校生数": "1 200", "备注": "甲&乙=丙+丁%\\x41\\n"}).encode(),
    urlencode([("类别", "甲"), ("类别", "乙"), ("空", "")]).encode(),
    b"flag&a=&&b=1=2&%61=x",
    b"path=C:\\new\\x41+%5Cu4e2d",
    quote_plus("𠮷野家\u0000\r\n").encode() + b"=%F0%9F%98%80",
]
OTHERS = [b"a=%", b"a=%zz", b"a=%4", b"a=%FE&b=%ff", b"a=%ff", b"a=%D6%D0", "a=中".encode(), "a=中".encode("gbk")]


def request(body: bytes) -> Request:
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }  # fmt: skip
    return Request(environ)


@pytest.mark.parametrize("body", BROWSERS)
def test_a_browsers_form_is_read_at_once(body):
    assert unpacked(body) == QueryDict(body, encoding="utf-8")


@pytest.mark.parametrize("body", OTHERS)
def test_what_no_browser_sends_is_left_to_django(body):
    assert unpacked(body) is None
    posted = request(body).POST
    assert posted == QueryDict(body, encoding="utf-8")


def test_the_form_cannot_be_changed_and_has_no_files():
    posted = request(b"a=1&a=2")
    assert posted.POST.getlist("a") == ["1", "2"] and not posted.FILES
    with pytest.raises(AttributeError):
        posted.POST["a"] = "3"


def test_a_form_of_too_many_fields_is_refused_as_before(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    assert request(b"a=1&b=2&c=3").POST["c"] == "3"
    with pytest.raises(TooManyFieldsSent):
        assert request(b"a=1&b=2&c=3&d=4").POST


def test_a_body_that_was_streamed_already_has_no_form():
    posted = request(b"a=1")
    assert posted.read() == b"a=1" and not posted.POST
