"""What an EVSE's status is worth at a moment: a partner's word holds until its answers stop coming (reliability R16)."""

from datetime import datetime, timedelta
from typing import Literal

from finder.ocpi.types import Struct
from finder.stations.types import Origin, Station, StationEvse

Word = Literal["available", "charging", "blocked", "reserved", "out_of_order", "inoperative", "planned", "unknown"]
Group = Literal["available", "busy", "broken", "unknown", "planned"]

WORDS: dict[str, Word] = {
    "AVAILABLE": "available",
    "CHARGING": "charging",
    "BLOCKED": "blocked",
    "RESERVED": "reserved",
    "OUTOFORDER": "out_of_order",
    "INOPERATIVE": "inoperative",
    "PLANNED": "planned",
}

# What a driver counts: a blocked or reserved bay is taken, a closed one is of no more use than a broken one.
GROUPS: dict[Word, Group] = {
    "available": "available",
    "charging": "busy",
    "blocked": "busy",
    "reserved": "busy",
    "out_of_order": "broken",
    "inoperative": "broken",
    "planned": "planned",
    "unknown": "unknown",
}

SHORTEST_HOLD = timedelta(minutes=15)
INTERVALS_HELD = 2


class Live(Struct):
    """`since` is when the status began, or for `unknown` when the partner's word was lost (None: it never gave one).

    `confirmed_at` is the last good pull of the partner, `origin` its index in `Station.origins`.
    """

    word: Word
    since: datetime | None = None
    confirmed_at: datetime | None = None
    origin: int = 0

    @property
    def group(self) -> Group:
        return GROUPS[self.word]


def holds_until(origin: Origin) -> datetime | None:
    """The moment after which the partner's statuses are no longer to be believed; None: never pulled."""
    if origin.fetched_at is None:
        return None
    return origin.fetched_at + max(SHORTEST_HOLD, INTERVALS_HELD * timedelta(seconds=origin.interval))


def live(entry: StationEvse, origins: tuple[Origin, ...], now: datetime) -> Live:
    origin = origins[entry.origin]
    return _live(entry, origin, holds_until(origin), now)


def _live(entry: StationEvse, origin: Origin, until: datetime | None, now: datetime) -> Live:
    word = WORDS.get(entry.evse.status, "unknown")
    if word == "unknown" or until is None:
        return Live("unknown", None, origin.fetched_at, entry.origin)
    if now > until:
        return Live("unknown", origin.fetched_at, origin.fetched_at, entry.origin)
    since = entry.evse.last_updated
    if since is not None and since > now:
        since = None
    return Live(word, since, origin.fetched_at, entry.origin)


def statuses(station: Station, now: datetime) -> tuple[Live, ...]:
    """One for each of `station.evses`, in their order."""
    held = [(origin, holds_until(origin)) for origin in station.origins]
    return tuple([_live(entry, *held[entry.origin], now) for entry in station.evses])
