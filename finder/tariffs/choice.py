"""Which of a connector's tariffs a session is billed by (tariff rules 1: types and validity; mod_tariffs, TariffType)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from finder.ocpi.types import Tariff
from finder.tariffs.quote import Reason

Pay = Literal["adhoc", "contract"]
TYPES: dict[Pay, str] = {"adhoc": "AD_HOC_PAYMENT", "contract": "REGULAR"}


def choose(tariffs: Sequence[Tariff], pay: Pay, start: datetime) -> tuple[Tariff, ...] | Reason:
    """Those that hold for a session that starts then: of the wanted type, else those without a type, which are for all.

    More than one is the partner's fault: one of each type may be active at a time. The one that holds at the start holds for
    the whole session.
    """
    if not tariffs:
        return "no_tariff"
    wanted = [tariff for tariff in tariffs if tariff.type in (TYPES[pay], None)]
    if not wanted:
        return "not_for_payment"
    valid = [tariff for tariff in wanted if holds(tariff, start)]
    if not valid:
        return "not_yet_valid" if any(is_ahead(tariff, start) for tariff in wanted) else "expired"
    return tuple([tariff for tariff in valid if tariff.type is not None] or valid)


def holds(tariff: Tariff, at: datetime) -> bool:
    """From its start, up to but without its end."""
    return not is_ahead(tariff, at) and not is_over(tariff, at)


def is_over(tariff: Tariff, at: datetime) -> bool:
    return tariff.end_date_time is not None and tariff.end_date_time <= at


def is_ahead(tariff: Tariff, at: datetime) -> bool:
    """Announced, not yet to be paid."""
    return tariff.start_date_time is not None and tariff.start_date_time > at
