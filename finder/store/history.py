"""How statuses went: a narrow row for each change of an EVSE's group, and when each partner was listened to.

What is known of a moment is what these two say together. A partner's first pull writes no change, and what was before it, or
while the partner gave no answer, is not known.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from finder.stations import busy
from finder.stations.busy import Point
from finder.stations.status import GROUPS as GROUPS_OF
from finder.stations.status import INTERVALS_HELD, SHORTEST_HOLD, Group
from finder.stations.status import WORDS as WORDS_OF
from finder.store import statuses
from finder.store.database import Prepared, among, among_given, upsert
from finder.store.schema import locations, partners, stations, status_changes, watches
from finder.store.schema import statuses as statuses_table
from finder.store.times import instant, millis

# Six weeks: each hour of the week six times. More would cost a country's database more than all the rest of it.
KEPT = timedelta(days=42)
# A partner's own stamp says better than a pull when a status changed, unless it is of long ago.
STAMPS_HOLD = timedelta(hours=1)
# Stored by position: append only.
GROUPS: tuple[Group, ...] = ("unknown", "available", "busy", "broken", "planned")
CODE_OF = [GROUPS.index(GROUPS_OF[WORDS_OF.get(word, "unknown")]) for word in statuses.WORDS]
UNKNOWN = GROUPS.index("unknown")
# Places of EVSEs within a document are below it, their keys hardly ever.
PLACES = 4096

COLUMNS = ("location_pk", "at", "evse", "was", "became")


def note(
    connection: sa.Connection,
    partner_pk: int,
    known: Sequence[int],
    told_anew: Sequence[int],
    rows: Sequence[statuses.Row],
    now: datetime,
) -> None:
    """Keeps what changes when `rows` take the place of what is stored of the locations `known`.

    `told_anew` are the locations whose document is another: in it, an EVSE without a key may stand elsewhere.
    """
    listened = sa.select(watches.c.partner_pk).where(watches.c.partner_pk == partner_pk).limit(1)
    if connection.scalar(listened) is None:
        return
    nameless = sorted({row[0] for row in rows if row[2] is None}.intersection(told_anew))
    _forget_places(connection, nameless)
    _forget(connection, sorted(set(known).difference(row[0] for row in rows)))
    before = _before(connection, known, set(nameless))
    changed: dict[tuple[int, int], tuple[int, int, int, int, int]] = {}
    for location_pk, n, key, status, stamp in rows:
        evse = n if key is None else key
        was, last = before.get((location_pk, evse), (UNKNOWN, None))
        if was != CODE_OF[status]:
            changed[location_pk, evse] = (location_pk, _moment(stamp, last, now), evse, was, CODE_OF[status])
    if changed:
        upsert(connection, status_changes, COLUMNS, list(changed.values()))
        _prune(connection, {location_pk for location_pk, _ in changed}, now)


def _before(
    connection: sa.Connection, location_pks: Sequence[int], nameless: set[int]
) -> dict[tuple[int, int], tuple[int, int | None]]:
    """Group and stamp of each EVSE as stored."""
    if not location_pks:
        return {}
    query = sa.select(*(statuses_table.c[name] for name in statuses.COLUMNS))
    rows = connection.execute(query.where(among(statuses_table.c.location_pk, location_pks))).all()
    return {
        (location_pk, n if key is None else key): (CODE_OF[status], stamp)
        for location_pk, n, key, status, stamp in rows
        if key is not None or location_pk not in nameless
    }


def _moment(stamp: int | None, last: int | None, now: datetime) -> int:
    """When it changed: by the partner's stamp where that can be."""
    at = millis(now)
    if stamp is None or not millis(now - STAMPS_HOLD) <= stamp <= at or (last is not None and stamp <= last):
        return at
    return stamp


def _forget_places(connection: sa.Connection, location_pks: Sequence[int]) -> None:
    if location_pks:
        here = among(status_changes.c.location_pk, location_pks)
        connection.execute(status_changes.delete().where(here, status_changes.c.evse.between(0, PLACES - 1)))


def _forget(connection: sa.Connection, location_pks: Sequence[int]) -> None:
    """Of what is hidden from now on, or has no charging point any more, nothing is kept."""
    if location_pks:
        connection.execute(status_changes.delete().where(among(status_changes.c.location_pk, location_pks)))


def _prune(connection: sa.Connection, location_pks: set[int], now: datetime) -> None:
    too_old = status_changes.c.at < millis(now - KEPT)
    connection.execute(
        status_changes.delete().where(among(status_changes.c.location_pk, sorted(location_pks)), too_old)
    )


def heard(connection: sa.Connection, partner_pk: int, now: datetime) -> None:
    """The partner has answered: what it said before held until now, unless that was too long ago (reliability R16)."""
    interval = connection.scalar(sa.select(partners.c.interval).where(partners.c.pk == partner_pk)) or 0.0
    held = max(SHORTEST_HOLD, INTERVALS_HELD * timedelta(seconds=interval))
    mine = watches.c.partner_pk == partner_pk
    running = mine & watches.c.until.between(millis(now - held), millis(now))
    if not connection.execute(watches.update().where(running).values(until=millis(now))).rowcount:
        upsert(connection, watches, ("partner_pk", "since", "until"), [(partner_pk, millis(now), millis(now))])
    connection.execute(watches.delete().where(mine, watches.c.until < millis(now - KEPT)))


# Reading


_EVSES = Prepared(
    lambda _: (
        sa.select(
            statuses_table.c.location_pk,
            sa.func.coalesce(statuses_table.c.evse_key, statuses_table.c.n),
            statuses_table.c.evse_key,
            statuses_table.c.status,
            sa.func.coalesce(statuses_table.c.at, 0),
            locations.c.partner_pk,
        )
        .select_from(stations)
        .join(locations, locations.c.station_pk == stations.c.pk)
        .join(statuses_table, statuses_table.c.location_pk == locations.c.pk)
        .where(stations.c.id == sa.bindparam("id"))
        .order_by(locations.c.pk, statuses_table.c.n)
    )
)
_HEARD = Prepared(
    lambda _: (
        sa.select(watches.c.partner_pk, watches.c.since, watches.c.until)
        .where(among_given(watches.c.partner_pk, "partner_pks"))
        .order_by(watches.c.since)
    )
)
_CHANGES = Prepared(
    lambda _: (
        sa.select(*(status_changes.c[name] for name in COLUMNS))
        .where(among_given(status_changes.c.location_pk, "location_pks"), status_changes.c.at >= sa.bindparam("since"))
        .order_by(status_changes.c.at)
    )
)


def of_station(connection: sa.Connection, id: str, now: datetime, least: timedelta = timedelta()) -> tuple[Point, ...]:
    """Its charging points and how their statuses went, each in the words of the partner with the newest on it.

    None at all where partners were listened to for less than `least`.
    """
    evses = _evses(_EVSES.rows(connection, id=id))
    if not evses:
        return ()
    since = now - KEPT
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for partner_pk, begin, end in _HEARD.rows(connection, partner_pks=list({each[2] for each in evses})):
        spans[partner_pk].append((max(instant(begin), since), instant(end)))
    points = [Point(evse, GROUPS[CODE_OF[status]], (), tuple(spans[pk])) for _, evse, pk, status in evses]
    if busy.heard_for(points) < least:
        return ()
    changes: dict[tuple[int, int], list[busy.Change]] = defaultdict(list)
    location_pks = list({each[0] for each in evses})
    for location_pk, at, evse, was, became in _CHANGES.rows(connection, location_pks=location_pks, since=millis(since)):
        changes[location_pk, evse].append(busy.Change(instant(at), GROUPS[was], GROUPS[became]))
    return tuple(
        Point(point.key, point.now, tuple(changes[location_pk, evse]), point.heard)
        for point, (location_pk, evse, _, _) in zip(points, evses, strict=True)
    )


def _evses(rows: Sequence[tuple[int, int, int | None, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """(location, EVSE, partner, status) of each, with the newest word on it, of two of the same moment the earlier."""
    found: dict[tuple[int, int], tuple[int, tuple[int, int, int, int]]] = {}
    for location_pk, evse, key, status, at, partner_pk in rows:
        same = (0, key) if key is not None else (location_pk, evse)
        if same not in found or at > found[same][0]:
            found[same] = at, (location_pk, evse, partner_pk, status)
    return [each for _, each in found.values()]
