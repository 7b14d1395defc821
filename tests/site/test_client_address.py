"""Whose address the log and the limits see, with and without proxies of our own."""

import pytest
from django.test import RequestFactory

from taizhang.site.security import ClientAddressMiddleware


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 9.8.7.6", "9.8.7.6"),
        (2, "6.6.6.6, 9.8.7.6", "6.6.6.6"),
        (2, "9.8.7.6", "127.0.0.1"),
        (1, "rubbish", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_that_before_our_proxies_and_never_what_the_caller_claims(settings, proxies, forwarded, seen):
    settings.PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    ClientAddressMiddleware(lambda got: got)(request)
    assert request.META["REMOTE_ADDR"] == seen
