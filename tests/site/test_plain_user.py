"""Whose request it is, behind the login."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.functional import LazyObject

from tests.support import make_county

pytestmark = pytest.mark.django_db


def test_behind_the_login_the_user_is_the_person_and_no_stand_in():
    county = make_county()
    client = Client()
    client.force_login(county.own, backend="django.contrib.auth.backends.ModelBackend")
    user = client.get(reverse("desk")).wsgi_request.user
    assert user == county.own and not isinstance(user, LazyObject)


def test_before_the_login_nobody_is_looked_up(django_assert_num_queries):
    with django_assert_num_queries(0):
        request = Client().get(reverse("login")).wsgi_request
    assert not request.user.is_authenticated
