"""What every field type can do. One object per declared field; it keeps no state of a record."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Protocol

from django import forms
from django.utils.html import escape

from taizhang.catalog.schema import FieldDef
from taizhang.kernel.errors import Problem

Scalar = str | int | bool | None
MISSING = "—"
# Types whose control takes the whole width of a form.
UNITS = {"percent": "%", "money": "元"}
WIDE = frozenset({"long_text", "choices", "file", "place"})


class Lookup(Protocol):
    """Finds the real things that a reference field names."""

    def resolve(self, definition: FieldDef, text: str) -> str:
        """The canonical key of what ``text`` names. Raises Problem when there is none, or none for this person."""

    def label(self, definition: FieldDef, key: str) -> str:
        """What a page shows for a key."""


class Field:
    """A field of a register: how its value is read, stored, shown, searched, exported and explained.

    The canonical value is a JSON scalar: dates ISO, decimals as text, money with two decimals, a percent as ratio.
    ``None`` is missing and stays missing.
    """

    type: ClassVar[str] = ""
    warehouse_type: ClassVar[str] = "text"
    facet_slot: ClassVar[str] = "text"
    doc: ClassVar[str] = ""
    number_format: ClassVar[str] = "@"

    def __init__(
        self,
        definition: FieldDef,
        choices: Mapping[str, str] | None = None,
        terms: Mapping[str, tuple[date | None, date | None]] | None = None,
    ) -> None:
        """``choices`` maps each option's name to its code ('' when it has none), ``terms`` to its first and last day."""
        self.definition, self.name = definition, definition.name
        self.choices, self.terms = dict(choices or {}), dict(terms or {})
        self.is_computed = definition.formula is not None

    def parse(self, raw: Any, lookup: Lookup | None = None) -> Scalar:
        """The canonical value of a form's text, a sheet's cell or a canonical value. Raises Problem naming the field."""
        if raw is None:
            return None
        if isinstance(raw, str):
            if not raw or raw.isspace():
                return None
            if "\x00" in raw:  # PostgreSQL keeps no such text
                raise self.problem("含有不是文字的字符", "重新输入这一格")
        return self.read(raw, lookup)

    def read(self, raw: Any, lookup: Lookup | None) -> Scalar:
        """``parse`` for a value that is there."""
        raise NotImplementedError

    def value(self, stored: Scalar) -> Any:
        """The Python value that formulas calculate with."""
        return stored

    def from_value(self, value: Any) -> Scalar:
        """The canonical value of what a formula gave: the inverse of ``value``."""
        return None if value is None else str(value)

    def display(self, stored: Scalar, lookup: Lookup | None = None) -> str:
        """What a page shows."""
        return MISSING if stored is None else str(stored)

    def edit_text(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        """What stands in the form's control: text that ``parse`` reads back to the same value."""
        return "" if stored is None else str(stored)

    def facet(self, stored: Scalar) -> str | Decimal | date | None:
        """The typed value that lists filter and sort on, for the slot ``facet_slot``."""
        return None if stored is None else str(stored)[:200]

    def cell(self, stored: Scalar, lookup: Lookup | None = None) -> Any:
        """The value of an xlsx cell (None, text, number, date, bool)."""
        return None if stored is None else self.display(stored, lookup)

    def validation(self) -> dict[str, Any] | None:
        """The drop-down or limit of a column in an xlsx template, as xlsxwriter takes it; None when there is none.

        A list of choices is given whole under ``source``; the template moves long ones to a hidden sheet.
        """
        return None

    def widget(self) -> forms.Widget:
        """The control of the form."""
        return forms.TextInput()

    def form_field(self) -> forms.Field:
        """The field of a Django form; its cleaned value is canonical."""
        return CanonicalField(self)

    @property
    def unit(self) -> str:
        """The unit of measure of the numbers that people type and see."""
        return UNITS.get(self.type) or self.definition.unit

    def problem(self, message: str, remedy: str) -> Problem:
        """An error of a value, with the field as its place."""
        return Problem("REG-100", message, where=self.name, remedy=remedy)


class CanonicalField(forms.Field):
    """Lets a Django form clean through the register's own field type, so that every path applies the same rules."""

    def __init__(self, field: Field, lookup: Lookup | None = None) -> None:
        self.canonical, self.lookup = field, lookup
        definition = field.definition
        super().__init__(
            label=definition.title,
            required=definition.required,
            widget=field.widget(),
            # The field template prints help as HTML; a pack's words are words.
            help_text=escape(definition.help),
        )
        self.wide = definition.type in WIDE
        # The field template prints it behind the control.
        self.unit = field.unit
        self.widget.is_required = definition.required

    def to_python(self, value: Any) -> Any:
        try:
            return self.canonical.parse(value, self.lookup)
        except Problem as wrong:
            raise forms.ValidationError(f"{wrong.message}。{wrong.remedy}") from wrong

    def prepare_value(self, value: Any) -> Any:
        return value


def plain(raw: Any) -> str:
    """Text as people type it, in one width, without spaces at its ends; a whole number without ``.0``."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw)
    # Nothing that is ASCII has another width.
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
