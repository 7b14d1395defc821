"""What goes in and out, for the OpenAPI document. Keys of a record are the Chinese names of its fields."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class ProblemOut(Schema):
    """Why something was refused: stable code, Chinese sentence, place, and what to do."""

    code: str
    message: str
    where: str = ""
    remedy: str = ""
    problems: list[ProblemOut] = []


class RegisterOut(Schema):
    code: str
    name: str
    line: str
    kind: str
    period: str | None
    fields: list[dict[str, Any]]
    states: dict[str, str]


class RecordOut(Schema):
    """``values`` are canonical: dates ISO, money and decimals as text, a percent as ratio; sensitive ones masked."""

    id: int
    register_code: str
    number: str
    unit: str
    unit_name: str
    period: str
    state: str
    state_category: str
    dated_on: str
    due_on: str | None
    revision: int
    values: dict[str, Any]
    warnings: list[str] = []


class RecordsOut(Schema):
    items: list[RecordOut]
    page: int
    pages: int
    count: int


class RecordIn(Schema):
    unit: str
    period: str = ""
    values: dict[str, Any]


class RecordChange(Schema):
    """``revision`` is the one that was read: somebody else's change in between is refused, not overwritten."""

    values: dict[str, Any]
    revision: int
    reason: str = ""


class StepIn(Schema):
    step: str
    revision: int
    values: dict[str, Any] = {}
    note: str = ""


class LoadOut(Schema):
    read: int
    created: int
    updated: int
    unchanged: int
    refused: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


class UnitOut(Schema):
    code: str
    name: str
    kind: str
    parent: str | None
    opened_on: str
    closed_on: str | None


class WriteIn(Schema):
    template: str
    unit: str | None = None
    period: str
