"""How often the door opens for one address. The numbers are this program's: many people share one address behind a
carrier's gateway, so they are wide, and nobody is locked out for longer than an hour."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from django.utils import timezone

from taizhang.events.context import current_request
from taizhang.kernel.errors import Problem
from taizhang.registers import secrecy
from taizhang.registers.public.models import Knock

# Kind → (times, within).
LIMITS: dict[str, tuple[int, timedelta]] = {
    "file": (10, timedelta(hours=1)),
    "follow": (20, timedelta(minutes=10)),
}
KEPT = timedelta(days=1)


class TooOften(Problem):
    """The same address asked too often. HTTP 429."""

    status = 429


def knock(kind: str) -> None:
    """Count a use of the door from the running request's address. Raises TooOften beyond the limit."""
    most, within = LIMITS[kind]
    now, address = timezone.now(), address_key(current_request()[1])
    Knock.objects.filter(at__lt=now - KEPT).delete()
    if Knock.objects.filter(address=address, kind=kind, at__gt=now - within).count() >= most:
        minutes = int(within.total_seconds() // 60)
        raise TooOften(
            "REG-190", "操作太频繁", remedy=f"请过 {minutes} 分钟再试；急事请打电话或当面反映，办法见页面下方"
        )
    Knock.objects.create(kind=kind, address=address, at=now)


def address_key(address: str) -> str:
    """What addresses are told apart by: a network of IPv6 is one household, and the table keeps digests only."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return secrecy.digest(address)
    if parsed.version == 6:
        parsed = ipaddress.ip_network(f"{parsed}/64", strict=False).network_address
    return secrecy.digest(str(parsed))
