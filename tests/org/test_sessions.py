"""Who is signed in stays so until the session ends, whatever ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from taizhang.org.models import Post
from taizhang.org.sessions import SessionStore
from tests.support import County, make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return make_county()


@pytest.fixture
def signed_in(county: County) -> Client:
    client = Client()
    client.force_login(county.own)
    assert client.get("/").status_code == 200
    return client


def test_a_session_that_is_over_signs_nobody_in(signed_in: Client):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert signed_in.get("/").status_code == 302
    call_command("clearsessions")
    assert not Session.objects.exists()


def test_the_cookie_of_who_signed_out_opens_nothing(signed_in: Client):
    name, key = settings.SESSION_COOKIE_NAME, signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    signed_in.post("/logout/")
    other = Client()
    other.cookies[name] = key
    assert other.get("/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_a_new_password_or_a_closed_account_ends_what_is_open_elsewhere(county: County, signed_in: Client):
    elsewhere = Client()
    elsewhere.force_login(county.own)
    county.own.set_password("另一个很长的口令2026")
    county.own.save()
    assert elsewhere.get("/").status_code == signed_in.get("/").status_code == 302
    signed_in.force_login(county.own)
    county.own.is_active = False
    county.own.save()
    assert signed_in.get("/").status_code == 302


def test_a_post_that_ended_is_gone_with_the_next_request(county: County, signed_in: Client):
    school = county.unit("S1").name
    assert school in signed_in.get("/").content.decode()
    yesterday = timezone.localdate() - timedelta(days=1)
    Post.objects.filter(user=county.own).update(since=yesterday - timedelta(days=9), until=yesterday)
    assert school not in signed_in.get("/").content.decode()


@pytest.mark.parametrize("key", ["", "x", "没有这个会话" * 2, "a" * 40, "'; --aaaaaa", "a" * 5000])
def test_a_cookie_that_somebody_made_up_is_nobodys(county: County, key: str):
    store = SessionStore(session_key=key)
    assert store.get("_auth_user_id") is None and store.session_key is None
