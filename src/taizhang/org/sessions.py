"""Sessions in the database, as Django keeps them; each request reads its own by a query that is put into SQL once."""

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from taizhang.events.prepared import Prepared


@Prepared
def _in_force(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(DatabaseStore):
    """The store behind ``request.session``."""

    def _get_session_from_db(self) -> Session | None:
        found = _in_force.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
