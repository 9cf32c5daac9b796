"""Partners: what is known of each, the lease that lets one process pull it, and the history of its pulls."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from finder.store.schema import locations, partners, pulls, rejected, statuses, tariffs
from finder.store.times import instant, millis

LEASE = timedelta(seconds=60)
PULLS_KEPT = 200


class PartnerState(msgspec.Struct, frozen=True):
    """How a partner stands. `rejected` counts refused objects by reason, most first; `interval` is in seconds."""

    slug: str
    name: str
    licence: str | None
    version: str | None
    last_attempt: datetime | None
    last_success: datetime | None
    outcome: str | None
    reason: str | None
    locations: int
    stations: int
    evses: int
    tariffs: int
    rejected: tuple[tuple[str, int], ...]
    interval: float


class Row(msgspec.Struct, frozen=True):
    """What a pull needs to know of its partner."""

    pk: int
    slug: str
    last_success: datetime | None
    last_full: datetime | None
    delta_from: datetime | None
    failures: int
    retry_at: datetime | None
    held: str | None


def ensure(
    connection: sa.Connection, slug: str, *, name: str, licence: str | None, interval: float, now: datetime
) -> Row:
    """The partner's row, made or brought up to date with its settings."""
    settings: dict[str, Any] = {"name": name, "licence": licence, "interval": interval}
    row = connection.execute(sa.select(partners).where(partners.c.slug == slug)).first()
    if row is None:
        connection.execute(partners.insert().values(slug=slug, **settings))
        row = connection.execute(sa.select(partners).where(partners.c.slug == slug)).one()
    elif any(getattr(row, field) != value for field, value in settings.items()):
        connection.execute(partners.update().where(partners.c.pk == row.pk).values(**settings))
    return _row(row)


def by_slug(connection: sa.Connection, slug: str) -> Row | None:
    row = connection.execute(sa.select(partners).where(partners.c.slug == slug)).first()
    return None if row is None else _row(row)


def _row(row: Any) -> Row:
    return Row(
        pk=row.pk,
        slug=row.slug,
        last_success=instant(row.last_success),
        last_full=instant(row.last_full),
        delta_from=instant(row.delta_from),
        failures=row.failures,
        retry_at=instant(row.retry_at),
        held=row.held,
    )


def take_lease(connection: sa.Connection, pk: int, owner: str, now: datetime) -> bool:
    """True when this process may pull the partner for the next `LEASE`; also renews a lease it has."""
    free = (
        (partners.c.lease_owner.is_(None)) | (partners.c.lease_owner == owner) | (partners.c.lease_until < millis(now))
    )
    taken = connection.execute(
        partners.update().where(partners.c.pk == pk, free).values(lease_owner=owner, lease_until=millis(now + LEASE))
    )
    return taken.rowcount == 1


def drop_lease(connection: sa.Connection, pk: int, owner: str) -> None:
    connection.execute(
        partners.update()
        .where(partners.c.pk == pk, partners.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
    )


def hold(connection: sa.Connection, pk: int, held: str | None) -> None:
    """Remembers the mass deletion that waits, or that none does."""
    connection.execute(partners.update().where(partners.c.pk == pk).values(held=held))


def release(connection: sa.Connection, slug: str) -> bool:
    """Lets what is held go at the next complete pull that finds the same absent. False: nothing is held."""
    held = connection.scalar(sa.select(partners.c.held).where(partners.c.slug == slug))
    if held is None:
        return False
    released = msgspec.json.encode({**msgspec.json.decode(held), "released": True}).decode()
    connection.execute(partners.update().where(partners.c.slug == slug).values(held=released))
    return True


def finished(connection: sa.Connection, pk: int, report: str, started: datetime, **values: Any) -> None:
    """Writes how a pull ended (`values` are columns, instants as datetimes) and its report into the history."""
    stored = {name: millis(value) if isinstance(value, datetime) else value for name, value in values.items()}
    connection.execute(partners.update().where(partners.c.pk == pk).values(**stored))
    connection.execute(pulls.insert().values(partner_pk=pk, started_at=millis(started), report=report))
    newest = (
        sa.select(pulls.c.pk).where(pulls.c.partner_pk == pk).order_by(pulls.c.pk.desc()).limit(1).offset(PULLS_KEPT)
    )
    last = connection.scalar(newest)
    if last is not None:
        connection.execute(pulls.delete().where(pulls.c.partner_pk == pk, pulls.c.pk <= last))


def states(connection: sa.Connection) -> tuple[PartnerState, ...]:
    shown = (
        sa.select(
            locations.c.partner_pk,
            sa.func.count(),
            sa.func.count(sa.distinct(locations.c.station_pk)),
        )
        .where(locations.c.station_pk.is_not(None))
        .group_by(locations.c.partner_pk)
    )
    counts = {pk: (places, held) for pk, places, held in connection.execute(shown)}
    evses = _counts(
        connection,
        sa.select(locations.c.partner_pk, sa.func.count())
        .join_from(statuses, locations, statuses.c.location_pk == locations.c.pk)
        .group_by(locations.c.partner_pk),
    )
    prices = _counts(connection, sa.select(tariffs.c.partner_pk, sa.func.count()).group_by(tariffs.c.partner_pk))
    return tuple(
        PartnerState(
            slug=row.slug,
            name=row.name,
            licence=row.licence,
            version=row.version,
            last_attempt=instant(row.last_attempt),
            last_success=instant(row.last_success),
            outcome=row.outcome,
            reason=row.reason,
            locations=counts.get(row.pk, (0, 0))[0],
            stations=counts.get(row.pk, (0, 0))[1],
            evses=evses.get(row.pk, 0),
            tariffs=prices.get(row.pk, 0),
            rejected=_reasons(connection, row.pk),
            interval=row.interval,
        )
        for row in connection.execute(sa.select(partners).order_by(partners.c.name, partners.c.slug))
    )


def _counts(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, int]:
    return {pk: count for pk, count in connection.execute(query)}


def _reasons(connection: sa.Connection, pk: int) -> tuple[tuple[str, int], ...]:
    query = (
        sa.select(rejected.c.reason, sa.func.count())
        .where(rejected.c.partner_pk == pk)
        .group_by(rejected.c.reason)
        .order_by(sa.func.count().desc(), rejected.c.reason)
    )
    return tuple((reason, count) for reason, count in connection.execute(query))


def shown(connection: sa.Connection, pk: int) -> int:
    """How many of the partner's locations stand on a page."""
    query = sa.select(sa.func.count()).where(locations.c.partner_pk == pk, locations.c.station_pk.is_not(None))
    return connection.scalar(query.select_from(locations)) or 0


def newest_pull(connection: sa.Connection) -> int:
    """Changes whenever a pull of any partner ends; 0 before the first."""
    return connection.scalar(sa.select(sa.func.max(pulls.c.pk))) or 0
