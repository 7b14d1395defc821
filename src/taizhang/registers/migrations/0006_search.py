"""The index of the search, in the database's own way; filled by ``taizhang reindex`` where records are there already."""

from typing import Any

from django.db import migrations


def _engine(editor: Any) -> Any:
    from taizhang.registers.finding.index import engine_of

    return engine_of() if editor.connection.alias == "default" else None


def create(apps: Any, editor: Any) -> None:
    if engine := _engine(editor):
        for statement in engine.create:
            editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    if engine := _engine(editor):
        for statement in engine.drop:
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("registers", "0005_public_door")]
    operations = [migrations.RunPython(create, drop)]
