"""The brake on mass deletions (pure): a partner that suddenly lacks much has more likely broken than closed.

Absence counts only in complete unfiltered pulls. A few absent objects are gone after two such pulls in a row. Too many
at once are held: nothing is removed until the same absence has been seen in three pulls over at least a day, or an
operator of the site releases it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

ALLOWED = 20
ALLOWED_SHARE = 0.10
PULLS_TO_GO = 2
PULLS_TO_RELEASE = 3
TIME_TO_RELEASE = timedelta(hours=24)


class Held(msgspec.Struct, frozen=True):
    """A mass deletion that waits. `absence` is a hash of what is absent; `times` how many pulls lacked just that."""

    absence: str
    since: datetime
    times: int
    count: int
    released: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """`missed`: absent once more, still shown. `gone`: to be removed. `held`: what waits now, None when nothing does."""

    missed: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    held: Held | None = None


def judge(misses: Mapping[int, int], seen: Collection[int], held: Held | None, now: datetime) -> Verdict:
    """What a complete pull that met `seen` says of the stored objects, whose earlier misses are given."""
    absent = frozenset(misses.keys() - set(seen))
    if not absent:
        return Verdict()
    if len(absent) > max(ALLOWED, ALLOWED_SHARE * len(misses)):
        return _mass(absent, held, now)
    gone = frozenset(pk for pk in absent if misses[pk] + 1 >= PULLS_TO_GO)
    return Verdict(missed=absent - gone, gone=gone)


def _mass(absent: frozenset[int], held: Held | None, now: datetime) -> Verdict:
    absence = blake2b(repr(sorted(absent)).encode(), digest_size=16).hexdigest()
    if held is None or held.absence != absence:
        return Verdict(held=Held(absence=absence, since=now, times=1, count=len(absent)))
    again = msgspec.structs.replace(held, times=held.times + 1)
    if held.released or (again.times >= PULLS_TO_RELEASE and now - held.since >= TIME_TO_RELEASE):
        return Verdict(gone=absent)
    return Verdict(held=again)
