"""Where a unit stands in the tree: its ``path``, and the paths of everything below it."""

from __future__ import annotations

from taizhang.org.models import Unit


def place_unit(unit: Unit, parent: Unit | None) -> list[Unit]:
    """Put a saved unit under ``parent`` (None: at the top), with everything below it. Returns those below that moved."""
    was = unit.path
    unit.parent, unit.path = parent, f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["parent", "path"])
    if not was or was == unit.path:
        return []
    below = list(Unit.objects.filter(path__startswith=was).exclude(pk=unit.pk))
    for child in below:
        child.path = unit.path + child.path.removeprefix(was)
    Unit.objects.bulk_update(below, ["path"], batch_size=500)
    return below
