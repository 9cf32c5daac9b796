"""Tariffs as partners sent them, found by id within a partner: connectors name them so. And what they said before."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from finder.ocpi.types import Location, Tariff
from finder.stations.identity import place_slug
from finder.stations.types import Station
from finder.store import documents, plugs
from finder.store.database import Prepared, among, among_given, insert, upsert
from finder.store.plugs import Place
from finder.store.schema import locations, partners, stations, tariff_versions, tariffs
from finder.store.times import instant, millis
from finder.tariffs.choice import holds, is_ahead

# What a tariff said is kept for two years, and no more than its last hundred versions: one that changes every day
# takes about as much room as a hundred tariffs.
KEPT = timedelta(days=730)
MOST_KEPT = 100
MOST_READ = 2_000
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """A row of `tariffs`, in the order of its columns."""

    pk: int
    partner_pk: int
    ref: str
    party: str
    fingerprint: bytes
    last_updated: int | None
    misses: int
    doc: bytes


class Version(msgspec.Struct, frozen=True):
    """What a tariff said until a moment."""

    tariff: Tariff
    until: datetime


class User(msgspec.Struct, frozen=True):
    """A station whose connectors name a tariff. `slug` is the words in its address."""

    id: str
    name: str
    slug: str


class Change(msgspec.Struct, frozen=True):
    """`new` is None where the tariff was withdrawn. `stations` are those of the area that use it, `partner` the name of whom it
    is from."""

    old: Tariff
    new: Tariff | None
    at: datetime
    stations: tuple[User, ...]
    partner: str = ""


class Announced(msgspec.Struct, frozen=True):
    """A tariff that begins later. `old` are those that it will take over from at its plugs, for the same way to pay: they too may be
    still to come."""

    new: Tariff
    old: tuple[Tariff, ...]
    stations: tuple[User, ...]
    partner: str


def by_refs(connection: sa.Connection, partner_pk: int, refs: Sequence[str]) -> dict[tuple[str, str], Row]:
    """Stored tariffs by (ref, party)."""
    columns = (tariffs.c[name] for name in Row._fields)
    query = sa.select(*columns).where(tariffs.c.partner_pk == partner_pk, among(tariffs.c.ref, refs))
    return {(row.ref, row.party): Row(*row) for row in connection.execute(query)}


def pks(connection: sa.Connection, partner_pk: int, keys: Collection[str]) -> set[int]:
    """Which of these keys (`country/party/id`) are stored."""
    whole = tariffs.c.party + "/" + tariffs.c.ref
    query = sa.select(tariffs.c.pk).where(tariffs.c.partner_pk == partner_pk, among(whole, keys))
    return set(connection.scalars(query)) if keys else set()


def save(connection: sa.Connection, rows: Sequence[Row]) -> None:
    upsert(connection, tariffs, Row._fields, rows)


def remove(connection: sa.Connection, pks: Sequence[int], now: datetime) -> None:
    """They are kept as versions, and their connectors have no price any more."""
    query = sa.select(*(tariffs.c[name] for name in Row._fields)).where(among(tariffs.c.pk, pks))
    supersede(connection, [Row(*row) for row in connection.execute(query).all()], now)
    connection.execute(tariffs.delete().where(among(tariffs.c.pk, pks)))


# What they said before


def same(connection: sa.Connection, row: Row, tariff: Tariff) -> bool:
    """Whether the stored tariff says this already; when it was last touched is nothing that it says."""
    return _said(documents.unpack(connection, row.doc, Tariff)) == _said(tariff)


def _said(tariff: Tariff) -> Tariff:
    return msgspec.structs.replace(tariff, last_updated=None)


def supersede(connection: sa.Connection, rows: Sequence[Row], now: datetime) -> None:
    """Keeps what these tariffs of one partner say up to now; drops of all that is kept what is too old or too much."""
    if not rows:
        return
    until = millis(now)
    kept = [(row.partner_pk, row.ref, row.party, until, row.doc) for row in rows]
    insert(connection, tariff_versions, ("partner_pk", "ref", "party", "until", "doc"), kept)
    of_partner = tariff_versions.c.partner_pk == rows[0].partner_pk
    newest_first = sa.func.row_number().over(
        partition_by=(tariff_versions.c.ref, tariff_versions.c.party),
        order_by=(tariff_versions.c.until.desc(), tariff_versions.c.pk.desc()),
    )
    ranked = (
        sa.select(tariff_versions.c.pk, newest_first.label("rank"))
        .where(of_partner, among(tariff_versions.c.ref, [row.ref for row in rows]))
        .subquery()
    )
    too_many = sa.select(ranked.c.pk).where(ranked.c.rank > MOST_KEPT)
    too_old = tariff_versions.c.until < millis(now - KEPT)
    connection.execute(tariff_versions.delete().where(of_partner, too_old | tariff_versions.c.pk.in_(too_many)))


def history(connection: sa.Connection, station: Station, limit: int = 10) -> tuple[Version, ...]:
    """What the tariffs that the station's connectors name said before, newest first; also those that are withdrawn."""
    refs = station.tariff_refs
    if not refs:
        return ()
    slugs = {origin.partner for origin in station.origins}
    rows = [_Old._make(row) for row in _VERSIONS_OF.rows(connection, slugs=sorted(slugs), refs=sorted(refs))]
    held = {tariff.id.casefold(): {_party(tariff)} for tariff in station.tariffs}
    parties: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        parties[row.ref].add(row.party)
    own = _party(station.location)
    meant = {ref: held.get(ref) or _meant(own, found) for ref, found in parties.items()}
    shown = [row for row in rows if row.party in meant[row.ref]][:limit]
    return tuple(
        Version(tariff=documents.unpack(connection, row.doc, Tariff), until=instant(row.until)) for row in shown
    )


def _party(named: Tariff | Location) -> str:
    return f"{named.country_code}/{named.party_id}".casefold()


def _meant(own: str, parties: set[str]) -> set[str]:
    """Of the parties that have a tariff of one id: one's own where it is among them, else any."""
    return {own} if own in parties else parties


class _Old(NamedTuple):
    """A row of `tariff_versions`."""

    partner_pk: int
    ref: str
    party: str
    until: int
    doc: bytes

    @property
    def key(self) -> "Key":
        return self.partner_pk, self.ref, self.party


_NEWEST_FIRST = (tariff_versions.c.until.desc(), tariff_versions.c.pk.desc())
_VERSIONS = sa.select(*(tariff_versions.c[name] for name in _Old._fields))
_VERSIONS_OF = Prepared(
    lambda _: (
        _VERSIONS.join(partners, partners.c.pk == tariff_versions.c.partner_pk)
        .where(among_given(partners.c.slug, "slugs"), among_given(tariff_versions.c.ref, "refs"))
        .order_by(*_NEWEST_FIRST)
    )
)


# How they moved

Key = tuple[int, str, str]
"""A tariff, whether it is still there or not: partner, ref, party."""


class _Used(NamedTuple):
    """A station that names tariffs: `partner_pk` says so, in a location of this party."""

    station: User
    partner_pk: int
    party: str
    refs: frozenset[str]


def changes(
    connection: sa.Connection, area_codes: Collection[str], limit: int = 50, operator: str | None = None
) -> tuple[Change, ...]:
    """How the tariffs that stations of these areas (of `finder.places`), of this operator, use moved, newest first.

    Of an area with more than MOST_READ stations those that are known longest are looked at. A tariff that was away and came
    back with the same words did not move.
    """
    if connection.scalar(sa.select(tariff_versions.c.pk).limit(1)) is None:
        return ()
    used = _used(connection, area_codes, operator)
    refs = {ref for one in used for ref in one.refs}
    of_area = (
        among(tariff_versions.c.ref, sorted(refs)),
        tariff_versions.c.partner_pk.in_({one.partner_pk for one in used}),
    )
    # Twice as many, for those of another party, and those that come to nothing.
    query = _VERSIONS.where(*of_area).order_by(*_NEWEST_FIRST).limit(2 * limit)
    rows = [_Old._make(row) for row in connection.execute(query).all()]
    after = _standing(connection, rows)
    users = _users({row.key for row in rows} | after.keys(), used)
    names = partner_names(connection)
    found = []
    for row in rows:
        old, new = documents.unpack(connection, row.doc, Tariff), after.get(row.key)
        after[row.key] = old
        if users[row.key] and (new is None or _said(new) != _said(old)):
            change = Change(old, new, instant(row.until), users[row.key], names[row.partner_pk])
            found.append(change)
    return tuple(found[:limit])


def partner_names(connection: sa.Connection) -> dict[int, str]:
    return {pk: name for pk, name in connection.execute(sa.select(partners.c.pk, partners.c.name)).all()}


def _used(connection: sa.Connection, area_codes: Collection[str], operator: str | None) -> list[_Used]:
    return [
        _Used(user, partner_pk, place.party, frozenset(place.refs))
        for user, partner_pk, place in _places(connection, area_codes, operator)
    ]


def _places(
    connection: sa.Connection, area_codes: Collection[str], operator: str | None
) -> Iterator[tuple[User, int, Place]]:
    """The locations of these areas, each with its station and its partner's primary key."""
    here = (
        sa.select(stations.c.pk)
        .where(stations.c.area.in_(area_codes), stations.c.gone_at.is_(None))
        .order_by(stations.c.pk)
        .limit(MOST_READ)
    )
    if operator is not None:
        here = here.where(stations.c.operator == operator)
    query = (
        sa.select(stations.c.id, stations.c.name, stations.c.city, locations.c.partner_pk, locations.c.doc)
        .join(locations, locations.c.station_pk == stations.c.pk)
        .where(stations.c.pk.in_(here), locations.c.doc.is_not(None))
        .order_by(stations.c.pk, locations.c.pk)
    )
    for id, name, city, partner_pk, doc in connection.execute(query).all():
        yield User(id=id, name=name, slug=place_slug(name, city or "")), partner_pk, plugs.read(connection, doc)


def _users(keys: Collection[Key], used: Sequence[_Used]) -> dict[Key, tuple[User, ...]]:
    """Which stations use each of these tariffs."""
    parties: dict[tuple[int, str], set[str]] = defaultdict(set)
    for partner_pk, ref, party in keys:
        parties[partner_pk, ref].add(party)
    found: dict[Key, dict[User, None]] = {key: {} for key in keys}
    for one in used:
        for ref in one.refs:
            for party in _meant(one.party, parties.get((one.partner_pk, ref), set())):
                found[one.partner_pk, ref, party][one.station] = None
    return {key: tuple(users) for key, users in found.items()}


def _standing(connection: sa.Connection, rows: Sequence[_Old]) -> dict[Key, Tariff]:
    """What these tariffs say now, where they are not withdrawn."""
    return _named(connection, {row.partner_pk for row in rows}, {row.ref for row in rows})


# What is to come


def announced(
    connection: sa.Connection,
    area_codes: Collection[str],
    now: datetime,
    limit: int = 50,
    operator: str | None = None,
) -> tuple[Announced, ...]:
    """The tariffs that begin after now and that stations of these areas name, the soonest first."""
    places = list(_places(connection, area_codes, operator))
    known = _named(connection, {pk for _, pk, _ in places}, {ref for _, _, place in places for ref in place.refs})
    ahead = {key for key, tariff in known.items() if is_ahead(tariff, now)}
    parties: dict[tuple[int, str], set[str]] = defaultdict(set)
    for partner_pk, ref, party in known:
        parties[partner_pk, ref].add(party)
    olds: dict[Key, dict[Key, None]] = {key: {} for key in ahead}
    users: dict[Key, dict[User, None]] = {key: {} for key in ahead}
    for user, partner_pk, place in places:
        for refs in {plug.tariff_ids for evse in place.evses for plug in evse.connectors}:
            named = [
                (partner_pk, ref, party)
                for ref in map(str.casefold, refs)
                for party in _meant(place.party, parties[partner_pk, ref])
                if (partner_pk, ref, party) in known
            ]
            for key in ahead.intersection(named):
                users[key][user] = None
                alike = [each for each in named if known[each].type == known[key].type]
                olds[key].update(dict.fromkeys(_before(key, alike, known, now)))
    names = partner_names(connection)
    soonest = sorted(ahead, key=lambda key: (known[key].start_date_time or now, key))
    return tuple(
        Announced(known[key], tuple(known[old] for old in olds[key]), tuple(users[key]), names[key[0]])
        for key in soonest[:limit]
        if users[key]
    )


def _before(key: Key, alike: Sequence[Key], known: Mapping[Key, Tariff], now: datetime) -> list[Key]:
    """Which of these the announced one takes over from: of those that hold right before it those that began last, or else those of
    now."""
    begins = known[key].start_date_time or now
    last = [each for each in alike if each != key and holds(known[each], begins - timedelta(microseconds=1))]
    if not last:
        return [each for each in alike if holds(known[each], now)]
    newest = max(_begun(known[each]) for each in last)
    return [each for each in last if _begun(known[each]) == newest]


def _begun(tariff: Tariff) -> datetime:
    return tariff.start_date_time or LONG_AGO


def _named(connection: sa.Connection, partner_pks: Collection[int], refs: Collection[str]) -> dict[Key, Tariff]:
    if not refs:
        return {}
    query = sa.select(tariffs.c.partner_pk, tariffs.c.ref, tariffs.c.party, tariffs.c.doc).where(
        tariffs.c.partner_pk.in_(partner_pks), among(tariffs.c.ref, sorted(refs))
    )
    return {
        (partner_pk, ref, party): documents.unpack(connection, doc, Tariff)
        for partner_pk, ref, party, doc in connection.execute(query).all()
    }
