"""How many requests a key, a site or an address may send: a minute and a day, counted in memory.

The library counts by the clock on the wall. Where that is set, forward or back, all counters begin anew: else
who was refused would stay so until the old time came again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from qa.config import Settings
from qa.errors import TooManyError
from qa.server.origins import is_loopback

MAX_COUNTED = 50_000  # counters that are kept; whoever comes then shares one with the others
OTHERS = "others"
JUMP_SECONDS = 5.0  # between two requests, by which the clock on the wall may go otherwise than the steady one
DEFAULTS = {"minute": (600, 120), "day": (0, 5000)}  # on loopback, beyond; 0 is no limit


class Limiter:
    """Counts requests; a counter begins with its first request and ends a minute or a day later."""

    def __init__(
        self,
        settings: Settings,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        self._storage = MemoryStorage()
        self._windows = FixedWindowRateLimiter(self._storage)
        self._wall, self._steady = wall, steady
        self._apart = wall() - steady()
        near = is_loopback(settings.host)

        def limits(per_minute: int | None, per_day: int | None) -> list[RateLimitItem]:
            minute = DEFAULTS["minute"][not near] if per_minute is None else per_minute
            day = DEFAULTS["day"][not near] if per_day is None else per_day
            found = (
                RateLimitItemPerMinute(minute) if minute else None,
                RateLimitItemPerDay(day) if day else None,
            )
            return [item for item in found if item is not None]

        self._caller = limits(settings.limit_per_key, settings.daily_per_key)
        self._address = limits(settings.limit_per_address, settings.daily_per_address)

    def count_address(self, address: str) -> None:
        """Count a request from an address; addresses of one IPv6 network of 64 bits count as one.

        Raises:
            TooManyError: it is over a limit.
        """
        self._count(self._address, "address", network_of(address))

    def count_caller(self, name: str) -> None:
        """Count a request of a key or a site.

        Raises:
            TooManyError: it is over a limit.
        """
        self._count(self._caller, "caller", name)

    def _heed_jumps(self) -> None:
        apart = self._wall() - self._steady()
        if abs(apart - self._apart) > JUMP_SECONDS:
            self._storage.reset()
        self._apart = apart

    def _count(self, items: list, kind: str, name: str) -> None:  # type: ignore[type-arg]  # imported late
        self._heed_jumps()
        for item in items:
            if (
                len(self._storage.storage) >= MAX_COUNTED
                and item.key_for(kind, name) not in self._storage.storage
            ):
                name = OTHERS
            if not self._windows.hit(item, kind, name):
                until = self._windows.get_window_stats(item, kind, name).reset_time
                wait = max(1, math.ceil(until - self._wall()))
                raise TooManyError(
                    f"More than {item.amount} requests a {item.GRANULARITY.name} came from you.",
                    f"Try again in {wait} seconds.",
                    retry_after=wait,
                )


def network_of(address: str) -> str:
    """What an address is counted under: itself, or the first 64 bits of an IPv6 address."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return f"{IPv6Address(int(known) >> 64 << 64)}/64"
    return str(getattr(known, "ipv4_mapped", None) or known)
