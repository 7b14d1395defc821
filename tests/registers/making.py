"""What the tests of the register desk share: the bus register, and its drafts and releases."""

from __future__ import annotations

from typing import Any

from django.test import Client

from taizhang.catalog.models import PackDraft, PackRelease
from taizhang.registers.maker import actions, documents, queries
from tests.support import County

PACKS = "/settings/packs/"
BUS = {
    "register": "bus",
    "name": "班车台账",
    "kind": "roster",
    "line": "安全",
    "fields": [{"name": "车牌号", "type": "text", "required": True}, {"name": "座位数", "type": "integer"}],
}


def drafted(county: County, **more: Any) -> PackDraft:
    return actions.start_draft(data={**BUS, **more}, by=county.office)


def released(county: County, **more: Any) -> PackRelease:
    draft = drafted(county, **more)
    return actions.release_draft(draft=draft, by=county.office, seen=draft.number)


def changed(county: County, text_of: Any, what: str = "改") -> PackDraft:
    """The released register's draft with its data changed by a function."""
    draft = actions.open_draft(code="bus", by=county.office)
    data = text_of(documents.load(queries.text_of(draft)))
    return actions.save_draft(draft=draft, text=documents.dump(data), what=what, by=county.office, seen=draft.number)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def without(name: str):
    return lambda data: {**data, "fields": [item for item in data["fields"] if item["name"] != name]}


def adding(*fields: dict[str, Any]):
    return lambda data: {**data, "fields": [*data["fields"], *fields]}
