"""Instants in the database: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta
from typing import overload

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@overload
def millis(at: datetime) -> int: ...
@overload
def millis(at: None) -> None: ...
def millis(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


@overload
def instant(stored: int) -> datetime: ...
@overload
def instant(stored: None) -> None: ...
def instant(stored: int | None) -> datetime | None:
    return None if stored is None else EPOCH + stored * MILLISECOND
