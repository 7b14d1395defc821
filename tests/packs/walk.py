"""How the stories of the core pack's registers walk: the county of the tests, a browser for each person, a day set."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from taizhang.org.models import User
from taizhang.registers.models import Record
from tests.registers.conftest import picture
from tests.support import County, make_county

PEOPLE = ("office", "safety", "finance", "chief", "own", "other", "district", "inspector", "stranger")


@pytest.fixture
def county(db: None, settings: Any, tmp_path: Path) -> County:
    settings.FILES, settings.STATIC_ROOT = tmp_path / "files", tmp_path
    settings.WAREHOUSE = tmp_path / "warehouse"
    settings.WAREHOUSE.mkdir()
    return make_county()


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> date:
    """The day on which everything happens from now on."""
    found = date.fromisoformat(day)
    monkeypatch.setattr(timezone, "localdate", lambda *_: found)
    return found


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def add(user: User, register: str, values: dict[str, Any], said: str = "", **query: str) -> Record:
    """A record entered in the form; with ``said`` the form is refused and says so (the newest record is returned)."""
    answer = browser(user).post(f"{reverse('registers:new', args=[register])}?{_query(query)}", values)
    if said:
        assert answer.status_code in (403, 404, 422) and said in answer.content.decode(), answer.content.decode()[
            -3000:
        ]
    else:
        assert answer.status_code == 302, complaints(answer)
    return Record.objects.filter(register_code=register).order_by("-id").first()  # type: ignore[return-value]


def step(user: User, record: Record, name: str, said: str = "", status: int = 422, **values: Any) -> str:
    """A step taken on the record's page; with ``said`` it is refused with ``status`` and says so."""
    answer = browser(user).post(reverse("registers:step", args=[record.pk]), {"step": name, **values})
    text = answer.content.decode()
    assert answer.status_code == (status if said else 302), complaints(answer)
    assert said in text, complaints(answer)
    record.refresh_from_db()
    return text


def seen_by(county: County, record: Record) -> set[str]:
    """Who gets to see a record; everybody else is told that there is none."""
    where = reverse("registers:record", args=[record.pk])
    answers = {name: browser(getattr(county, name)).get(where).status_code for name in PEOPLE}
    assert set(answers.values()) <= {200, 404}
    return {name for name, status in answers.items() if status == 200}


def page(user: User, record: Record) -> str:
    return browser(user).get(reverse("registers:record", args=[record.pk])).content.decode()


def photo() -> SimpleUploadedFile:
    return picture()


def complaints(answer: Any) -> str:
    """What a refused form says, without its markup."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return f"{answer.status_code}: {text[text.find('需要修改') :][:1500]}"


def _query(values: dict[str, str]) -> str:
    return urlencode(values)
