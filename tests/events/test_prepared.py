"""A query that is put into SQL once answers as the queryset itself does, whatever it is asked with."""

import gc
import threading
import weakref
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.models import Q, QuerySet
from django.utils import timezone

from taizhang.events.bulk import update
from taizhang.events.prepared import Prepared
from taizhang.org.models import Post, Unit
from tests.support import make_county

pytestmark = pytest.mark.django_db


@Prepared
def posts_at(code: str, day: date) -> QuerySet[Post]:
    open_then = Q(until__isnull=True) | Q(until__gte=day)
    return Post.objects.select_related("unit__parent", "user").filter(open_then, unit__code=code, since__lte=day)


@Prepared
def in_force(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


def test_each_call_answers_for_its_own_values(django_assert_num_queries):
    county = make_county()
    for post in [person.posts.select_related("unit__parent").get() for person in (county.own, county.other)]:
        with django_assert_num_queries(1):
            found = posts_at(post.unit.code, timezone.localdate())
            assert post in found and {item.unit.code for item in found} == {post.unit.code}
            assert {item.unit.parent for item in found} == {post.unit.parent}
            assert post.user_id in {item.user.pk for item in found}
    assert posts_at("没有这个单位", timezone.localdate()) == []
    assert posts_at.first("'; --", timezone.localdate()) is None


def test_days_and_moments_are_compared_as_such():
    county = make_county()
    post = county.own.posts.get()
    Post.objects.filter(pk=post.pk).update(since=date(2020, 3, 1), until=date(2020, 3, 31))
    for day, holds in ((date(2020, 2, 29), False), (date(2020, 3, 1), True), (date(2020, 4, 1), False)):
        assert (post in posts_at(post.unit.code, day)) is holds
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    Session.objects.create(session_key="k", session_data="", expire_date=moment)
    assert in_force.first("k", moment - timedelta(seconds=1)) and not in_force.first("k", moment)


def test_an_object_is_the_same_as_the_querysets():
    unit = make_county().own.posts.get().unit
    found = Prepared(lambda pk: Unit.objects.filter(pk=pk)).first(unit.pk)
    assert found is not None and vars(found).keys() == vars(Unit.objects.get(pk=unit.pk)).keys()
    assert [getattr(found, field.attname) for field in Unit._meta.concrete_fields] == [
        getattr(unit, field.attname) for field in Unit._meta.concrete_fields
    ]
    assert not found._state.adding and found._state.db == "default"


def test_columns_that_were_left_out_are_read_when_asked_for():
    unit = make_county().own.posts.get().unit
    named = Prepared(lambda pk: Unit.objects.filter(pk=pk).only("name")).first(unit.pk)
    assert named is not None and named.get_deferred_fields() >= {"code"}
    assert (named.name, named.code) == (unit.name, unit.code)


def test_what_no_column_can_hold_equals_nothing():
    unit = make_county().own.posts.get().unit
    by_key = Prepared(lambda pk: Unit.objects.filter(pk=pk))
    assert by_key(unit.pk) and not by_key(None)
    assert not any(by_key(far) for far in (2**63 - 1, 2**63, -(2**63) - 1, 10**24))


def test_a_thread_that_ends_takes_its_connection_with_it():
    by_key, seen = Prepared(lambda pk: Unit.objects.filter(pk=pk)), []

    def ask():
        seen.append(weakref.ref(connections["default"]))
        by_key(0)
        connections["default"].close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    assert [kept() for kept in seen] == [None]


def test_an_update_touches_only_the_rows_that_are_as_told():
    unit = make_county().own.posts.get().unit
    assert (
        update(Unit, {"id": unit.pk, "name": (unit.name, "别名")}, {"name": "新名", "closed_on": date(2030, 1, 2)}) == 1
    )
    assert update(Unit, {"id": unit.pk, "name": (unit.name, "别名")}, {"name": "再改"}) == 0
    unit.refresh_from_db()
    assert (unit.name, unit.closed_on) == ("新名", date(2030, 1, 2))
