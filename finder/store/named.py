"""Stations by what people call them: words of their name and address, their operator, the id of one of their EVSEs."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import BusinessDetails
from finder.places.fold import fold
from finder.stations.identity import evse_key, slug
from finder.store import documents, text
from finder.store.database import Prepared, among_given
from finder.store.schema import locations, partners, stations, statuses

# So many that hold the words are looked at, and so many of them are read.
MOST_HELD, MOST_READ = 300, 24


class Called(NamedTuple):
    """What a station is called, in the words of its first location and, where that is silent, of the others."""

    pk: int
    id: str
    latitude: float
    longitude: float
    area: str | None
    name: str
    address: str | None
    city: str | None
    postal_code: str | None
    operator: str | None


class _Row(NamedTuple):
    pk: int
    id: str
    latitude: float
    longitude: float
    area: str | None
    doc: bytes
    licence: str | None


class _Saying(msgspec.Struct, frozen=True):
    """The part of a stored Location that is read here."""

    id: str
    name: str | None = None
    address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    operator: BusinessDetails | None = None


_TOLD_WITH_A_LICENCE = sa.exists().where(
    locations.c.station_pk == stations.c.pk,
    locations.c.partner_pk == partners.c.pk,
    partners.c.licence.is_not(None),
)
_decoder = msgspec.json.Decoder(_Saying)
_SAYINGS = Prepared(
    lambda _: (
        sa.select(
            stations.c.pk,
            stations.c.id,
            stations.c.latitude,
            stations.c.longitude,
            stations.c.area,
            locations.c.doc,
            partners.c.licence,
        )
        .join_from(stations, locations, locations.c.station_pk == stations.c.pk)
        .join(partners, partners.c.pk == locations.c.partner_pk)
        .where(among_given(stations.c.pk, "pks"), stations.c.gone_at.is_(None), locations.c.doc.is_not(None))
        .order_by(stations.c.pk, locations.c.pk)
    )
)


def by_words(connection: sa.Connection, typed: str, *, licensed: bool) -> tuple[Called, ...]:
    """Some of the stations that hold every word as the beginning of one of theirs; those with all in their name first.

    `licensed`: only those that a partner with a licence tells of, in the words of such partners alone.
    """
    words = text.words(typed)
    if not words:
        return ()
    # A single letter begins more words than are worth fetching; what it leaves in is sorted out below.
    sought = [word for word in words if len(word) > 1] or words
    shown = sa.select(stations.c.pk, stations.c.name).where(stations.c.gone_at.is_(None))
    held = text.among_matching(connection, shown, " ".join(sought))
    if licensed:
        held = held.where(_TOLD_WITH_A_LICENCE)
    found = connection.execute(held.limit(MOST_HELD)).all()
    named = [pk for pk, name in found if begins(words, name)]
    others = [pk for pk, name in found if not begins(words, name)]
    pks = [*named[: MOST_READ - min(len(others), MOST_READ // 2)], *others][:MOST_READ]
    told = called(connection, pks, licensed=licensed)
    return tuple(each for each in told if begins(words, *each[5:]))


def by_evse_id(connection: sa.Connection, evse_id: str, *, licensed: bool) -> tuple[Called, ...]:
    """Stations with the EVSE of this world-wide id, however it is punctuated."""
    key = evse_key(evse_id)
    if key is None:
        return ()
    held = (
        sa.select(locations.c.station_pk, partners.c.licence)
        .join_from(statuses, locations, statuses.c.location_pk == locations.c.pk)
        .join(partners, partners.c.pk == locations.c.partner_pk)
        .where(statuses.c.evse_key == key, locations.c.station_pk.is_not(None))
    )
    rows = connection.execute(held).all()
    pks = {pk for pk, licence in rows if licence is not None or not licensed}
    return called(connection, sorted(pks)[:MOST_READ], licensed=licensed)


def operator(connection: sa.Connection, named: str, *, licensed: bool) -> Called | None:
    """One of the stations of the operator of this name, as it is spelt in addresses."""
    words = text.words(named.replace("-", " "))
    if not words:
        return None
    held = sa.select(stations.c.pk).where(
        stations.c.gone_at.is_(None), stations.c.operator == named, text.matching(connection, " ".join(words))
    )
    if licensed:
        held = held.where(_TOLD_WITH_A_LICENCE)
    told = called(connection, connection.scalars(held.limit(MOST_READ)).all(), licensed=licensed)
    return next((each for each in told if each.operator and slug(each.operator) == named), None)


def called(connection: sa.Connection, pks: Sequence[int], *, licensed: bool) -> tuple[Called, ...]:
    """These stations, in this order, without those that are gone."""
    rows: dict[int, list[_Row]] = defaultdict(list)
    for row in map(_Row._make, _SAYINGS.rows(connection, pks=list(pks))):
        if row.licence is not None or not licensed:
            rows[row.pk].append(row)
    return tuple(_called(connection, rows[pk]) for pk in pks if pk in rows)


def _called(connection: sa.Connection, rows: Sequence[_Row]) -> Called:
    sayings = [_decoder.decode(documents.raw(connection, row.doc)) for row in rows]

    def first(field: str) -> str | None:
        return next((said for each in sayings if (said := getattr(each, field))), None)

    return Called(
        *rows[0][:5],
        name=first("name") or first("address") or first("city") or sayings[0].id,
        address=first("address"),
        city=first("city"),
        postal_code=first("postal_code"),
        operator=next((each.operator.name for each in sayings if each.operator), None),
    )


def begins(words: Sequence[str], *texts: str | None) -> bool:
    """Whether each of the folded words begins a word of the texts."""
    held = fold(" ".join(each for each in texts if each)).split()
    return all(any(other.startswith(word) for other in held) for word in words)
