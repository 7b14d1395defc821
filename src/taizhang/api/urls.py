from django.contrib.auth.decorators import login_not_required
from django.urls import path

from taizhang.api import token_views
from taizhang.api.views import api

# The interface answers strangers itself, in JSON; the middleware would send them to a login page.
_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    _pattern.callback = login_not_required(_pattern.callback)

urlpatterns = [
    path("tokens/", token_views.index, name="api_tokens"),
    path("tokens/<int:token_id>/drop/", token_views.drop, name="api_token_drop"),
    path("v1/", (_patterns, _app, _namespace)),
]
