"""Partners as the API tells of them: how fresh each is, what came and what was refused."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from finder.store.partners import PartnerState


class PartnerReport(msgspec.Struct, frozen=True):
    """`last_success` is the last good pull and `lag_seconds` its age; pulls are due every `interval_seconds`.

    Without a licence a partner's data is on the site and not in this API. `rejected` counts refused objects by reason.
    """

    slug: str
    name: str
    licence: str | None
    version: str | None
    outcome: str | None
    last_attempt: datetime | None
    last_success: datetime | None
    lag_seconds: int | None
    interval_seconds: float
    locations: int
    stations: int
    evses: int
    tariffs: int
    rejected: dict[str, int]


class PartnerList(msgspec.Struct, frozen=True):
    """Every partner, by name."""

    partners: tuple[PartnerReport, ...]


def partner_list(states: Iterable[PartnerState], now: datetime) -> PartnerList:
    return PartnerList(partners=tuple(partner_report(state, now) for state in states))


def partner_report(state: PartnerState, now: datetime) -> PartnerReport:
    last = state.last_success
    return PartnerReport(
        slug=state.slug,
        name=state.name,
        licence=state.licence,
        version=state.version,
        outcome=state.outcome,
        last_attempt=state.last_attempt,
        last_success=last,
        lag_seconds=None if last is None else max(0, int((now - last).total_seconds())),
        interval_seconds=state.interval,
        locations=state.locations,
        stations=state.stations,
        evses=state.evses,
        tariffs=state.tariffs,
        rejected=dict(state.rejected),
    )
