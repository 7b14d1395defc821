"""Notices: whom they reach, what the bell counts, and what happens when the mail server does not answer."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.events.models import Event
from taizhang.kernel.errors import NotFound
from taizhang.org import notices
from taizhang.org.models import Delivery, Notice
from tests.support import make_county

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    return make_county()


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(county, *names: str, **more) -> list[Notice]:
    people = [getattr(county, name) for name in names]
    return notices.send_notice(to=people, text="AQ-2026-0001 明天到期", by=None, **more)


def test_holders_of_a_post_are_found_by_unit_and_role(county):
    assert notices.holders_of(county.unit("K2"), "科室") == [county.safety]
    assert notices.holders_of(county.unit("S1")) == [county.own]
    assert notices.holders_of(None, "局长") == [county.chief]
    assert notices.holders_of(county.unit("K2"), "局长") == []


def test_everybody_addressed_gets_one_notice_and_who_acts_none(county):
    people = [county.own, county.own, county.safety]
    made = notices.send_notice(to=people, text="已复查", by=county.safety, subject="record:1")
    assert [notice.user for notice in made] == [county.own]
    event = Event.objects.get(action="org.notices.sent")
    assert event.subject == "record:1" and event.actor_name == county.safety.name


def test_the_bell_counts_ones_own_unread_notices_with_one_query(county, django_assert_num_queries):
    told(county, "own", "other")
    told(county, "own")
    with django_assert_num_queries(1):
        assert notices.unread_count(county.own) == 2
    page = browser(county.own).get(reverse("desk")).content.decode()
    assert '<span class="tz-num">2</span>' in page


def test_a_notice_is_read_by_opening_it_and_leads_to_its_page(county):
    notice = told(county, "own", url="/registers/")[0]
    client = browser(county.own)
    assert "AQ-2026-0001" in client.get(reverse("notices:index")).content.decode()
    answer = client.post(reverse("notices:read", args=[notice.pk]))
    assert answer.status_code == 302 and answer["Location"] == "/registers/"
    assert notices.unread_count(county.own) == 0
    assert "没有未读" in client.get(reverse("notices:index"), {"unread": "1"}).content.decode()


@pytest.mark.parametrize("name", ["office", "other", "stranger", "root"])
def test_nobody_reads_anothers_notice(county, name):
    notice, person = told(county, "own")[0], getattr(county, name)
    assert "AQ-2026-0001" not in browser(person).get(reverse("notices:index")).content.decode()
    assert browser(person).post(reverse("notices:read", args=[notice.pk])).status_code == 404
    with pytest.raises(NotFound):
        notices.read_notice(notice=notice, by=person)
    assert Notice.objects.get().read_at is None


def test_all_are_marked_read_but_only_ones_own(county):
    told(county, "own", "other")
    browser(county.own).post(reverse("notices:read_all"))
    assert (notices.unread_count(county.own), notices.unread_count(county.other)) == (0, 1)
    assert browser(county.own).get(reverse("notices:read_all")).status_code == 405


def test_without_a_mail_server_nothing_waits_to_be_sent(county):
    county.own.email = "own@example.org"
    county.own.save()
    told(county, "own")
    assert not Delivery.objects.exists()


@pytest.fixture
def mailing(county, settings):
    settings.NOTICE_EMAIL = True
    county.own.email = "own@example.org"
    county.own.save()
    return county


def test_the_mail_says_that_there_is_a_notice_and_not_what_it_says(mailing, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        told(mailing, "own", "other", level="催办单")
    assert [message.to for message in mail.outbox] == [["own@example.org"]], "the other has no address"
    assert "催办单" in mail.outbox[0].body and "AQ-2026-0001" not in mail.outbox[0].body
    assert Delivery.objects.get().state == Delivery.SENT


def test_a_mail_that_fails_is_tried_again_later_and_later_and_then_given_up(mailing, monkeypatch):
    def refuse(*_args, **_more):
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(notices, "send_mail", refuse)
    told(mailing, "own")
    now = timezone.now() + timedelta(seconds=1)
    for tries in range(1, notices.MOST_TRIES + 1):
        assert notices.deliver_waiting(now) == 0
        assert Delivery.objects.get().tries == tries
        assert notices.deliver_waiting(now) == 0, "not before its time"
        assert Delivery.objects.get().tries == tries
        now = Delivery.objects.get().next_at
    item = Delivery.objects.get()
    assert item.state == Delivery.FAILED and "no server" in item.problem
    assert "邮件未送达" in browser(mailing.own).get(reverse("notices:index")).content.decode()


def test_a_mail_that_failed_once_goes_out_when_the_server_is_back(mailing, monkeypatch):
    told(mailing, "own")
    item = Delivery.objects.get()
    Delivery.objects.update(tries=1, problem="ConnectionRefusedError")
    assert notices.deliver_waiting(item.next_at + timedelta(hours=1)) == 1
    assert Delivery.objects.get().state == Delivery.SENT and len(mail.outbox) == 1


def test_what_was_not_delivered_is_shown_to_who_sets_the_program_up_alone(mailing):
    told(mailing, "own")
    Delivery.objects.update(problem="ConnectionRefusedError", tries=2)
    assert "ConnectionRefusedError" in browser(mailing.root).get(reverse("notices:failed")).content.decode()
    for name in ("office", "own", "other", "stranger"):
        assert browser(getattr(mailing, name)).get(reverse("notices:failed")).status_code == 403
