"""Storage of every register: one row of shared typed columns, one flat JSON for the pack's fields.

``Record.data`` is written by ``registers.actions`` alone, is read whole and is never queried by path: lists filter on
facets, figures read the warehouse. An absent key is null; scalars are canonical (dates ISO, decimals as text).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from taizhang.org.models import Unit, User

# Django finds an app's models in its models module; these name Record by its label.
from taizhang.registers.collections import models as collections  # noqa: F401
from taizhang.registers.finding import models as finding  # noqa: F401
from taizhang.registers.public import models as public  # noqa: F401


class Record(models.Model):
    """One row of a register, owned by a unit.

    ``period`` (a period's code) and ``dimension_key`` (the dimensions' values joined by ``|``) identify a record of a
    statistics register within its unit; both are empty for cases and rosters. ``dated_on`` is the day that puts a case
    into a period. ``due_on`` follows from the state's deadline, ``clock`` is what it needs to know of the past (the path
    through the states, the extensions). ``revision`` counts versions from 1.
    """

    register_code = models.CharField(max_length=60)
    release = models.PositiveIntegerField(default=0)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20, blank=True)
    dimension_key = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=60)
    state_category = models.CharField(max_length=10)
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    dated_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    data = models.JSONField(default=dict)
    clock = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register_code", "unit", "period", "dimension_key"],
                condition=~Q(period="") & ~Q(state_category="void"),
                name="record_once_a_period",
                violation_error_message="该单位本期已有这一条",
            ),
            models.UniqueConstraint(
                fields=["register_code", "number"], condition=~Q(number=""), name="record_number_once"
            ),
        ]
        indexes = [
            # The list page: one register, newest first, all units or one.
            models.Index(fields=["register_code", "-id"], name="record_list"),
            models.Index(fields=["register_code", "unit", "-id"], name="record_unit_list"),
            models.Index(fields=["register_code", "state", "-id"], name="record_state_list"),
            # The desk: what is due, in order.
            models.Index(fields=["due_on", "unit"], condition=Q(state_category="open"), name="record_due"),
        ]

    def __str__(self) -> str:
        return self.number or self.title or f"{self.register_code}-{self.pk}"


class Version(models.Model):
    """What a record was after one change; append-only. ``changed`` are the names of the fields that differ from before."""

    # ``version_once`` begins with it: an index of its own would only be kept.
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="versions", db_index=False)
    register_code = models.CharField(max_length=60)
    revision = models.PositiveIntegerField()
    data = models.JSONField()
    state = models.CharField(max_length=60)
    changed = models.JSONField(default=list)
    action = models.CharField(max_length=60)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "revision"], name="version_once")]
        # The warehouse asks each register for its newest version.
        indexes = [models.Index(fields=["register_code", "-id"], name="version_newest")]

    def __str__(self) -> str:
        return f"{self.record_id}@{self.revision} {self.action}"


class Facet(models.Model):
    """The value of one ``query:`` or ``unique:`` field, typed and indexed; derived from ``Record.data``."""

    # ``facet_once`` begins with it: an index of its own would only be kept.
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="facets", db_index=False)
    register_code = models.CharField(max_length=60)
    field = models.CharField(max_length=60)
    text = models.CharField(max_length=200, null=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date = models.DateField(null=True)
    is_unique = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="facet_once"),
            models.UniqueConstraint(
                fields=["register_code", "field", "text"], condition=Q(is_unique=True), name="facet_unique_value"
            ),
        ]
        indexes = [
            # Each serves the list's filter and its sort on one field of one register; most values are neither.
            models.Index(fields=["register_code", "field", "text", "record"], name="facet_text"),
            models.Index(
                fields=["register_code", "field", "number", "record"],
                condition=Q(number__isnull=False),
                name="facet_number",
            ),
            models.Index(
                fields=["register_code", "field", "date", "record"], condition=Q(date__isnull=False), name="facet_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}.{self.field}"


class Link(models.Model):
    """A reference from a record's field to something real: exactly one of the targets is set."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="links")
    field = models.CharField(max_length=60)
    target_record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="linked_from")
    target_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    target_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_has_one_target",
                condition=(
                    Q(target_record__isnull=False, target_unit__isnull=True, target_user__isnull=True)
                    | Q(target_record__isnull=True, target_unit__isnull=False, target_user__isnull=True)
                    | Q(target_record__isnull=True, target_unit__isnull=True, target_user__isnull=False)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id}.{self.field}"


class Attachment(models.Model):
    """A file that belongs to a record's file field; its bytes lie in ``files/`` under their hash."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, null=True, related_name="attachments")
    field = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name


class Letter(models.Model):
    """A letter that was issued on a record: numbered, kept as a file, signed for by the unit it went to.

    Its bytes lie in ``files/`` under their hash; ``html`` is the same letter for the screen.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="letters")
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    html = models.TextField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    needs_receipt = models.BooleanField(default=True)
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_by_name = models.CharField(max_length=80)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], condition=~Q(number=""), name="letter_number_once"),
            models.CheckConstraint(
                name="letter_signed_by_somebody",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()


class Urging(models.Model):
    """A step of a ladder that was given once. ``is_merged``: its day had passed when a later step was given instead."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="urgings")
    deadline = models.CharField(max_length=60)
    due_on = models.DateField()
    step = models.CharField(max_length=30)
    level = models.CharField(max_length=20)
    told = models.CharField(max_length=300, blank=True)
    is_merged = models.BooleanField(default=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "deadline", "due_on", "step"], name="urging_once")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.level} {self.due_on}"


class Comment(models.Model):
    """What somebody said on a record. ``is_instruction``: a leader's 批示. Struck out, it stays readable as struck."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="comments")
    reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    text = models.CharField(max_length=2000)
    is_instruction = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80)
    post = models.CharField(max_length=120, blank=True)
    edited_at = models.DateTimeField(null=True)
    struck_at = models.DateTimeField(null=True)
    struck_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:30]}"


class Counter(models.Model):
    """The last number given out in one series (a register and a year); advanced by one conditional update."""

    series = models.CharField(max_length=100, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class SheetMapping(models.Model):
    """How a kind of sheet is read into a register, confirmed once by a person.

    ``signature`` stands for the header's labels; ``columns`` maps each label to [field or shared column or '', factor].
    """

    register_code = models.CharField(max_length=60)
    signature = models.CharField(max_length=32)
    columns = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register_code", "signature"], name="sheet_mapping_once")]

    def __str__(self) -> str:
        return f"{self.register_code} {self.signature[:8]}"
