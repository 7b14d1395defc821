"""The log's older lines learn whose record they are about."""

from typing import Any

from django.db import migrations

RECORD = "SELECT r.register_code FROM registers_record r WHERE r.id = CAST(substr(subject, 8) AS bigint)"
ROUND = "SELECT r.register_code FROM registers_round r WHERE r.id = CAST(substr(subject, 7) AS bigint)"
RETURN = (
    "SELECT r.register_code FROM registers_round r JOIN registers_return t ON t.round_id = r.id"
    " WHERE t.id = CAST(substr(subject, 8) AS bigint)"
)


def fill(apps: Any, editor: Any) -> None:
    """In the database: the log holds millions of lines."""
    with editor.connection.cursor() as cursor:
        for kind, found in (("record", RECORD), ("round", ROUND), ("return", RETURN)):
            cursor.execute(
                f"UPDATE events_event SET register_code = coalesce(({found}), '') WHERE subject LIKE '{kind}:%'"
            )
        cursor.execute("UPDATE events_event SET register_code = substr(subject, 10) WHERE subject LIKE 'register:%'")


class Migration(migrations.Migration):
    dependencies = [("registers", "0011_extension_at"), ("events", "0003_event_register")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
