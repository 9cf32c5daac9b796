"""What `/api/v1/export` answers."""

from datetime import datetime

import msgspec

from finder.web.exported import Format, Licensed


class ExportFile(msgspec.Struct, frozen=True):
    """A file that is written once a day, packed with gzip. `records` are its lines after the header, `size` is in bytes."""

    url: str
    format: Format
    media_type: str
    created_at: datetime
    stations: int
    records: int
    size: int
    sha256: str
    countries: tuple[str, ...]
    sources: tuple[Licensed, ...]


class ExportNow(msgspec.Struct, frozen=True):
    """The stations as they are now, with statuses, written while they are sent: one such answer at a time."""

    url: str
    format: Format
    media_type: str


class ExportList(msgspec.Struct, frozen=True):
    """`files` is empty while none has been written."""

    files: tuple[ExportFile, ...]
    now: tuple[ExportNow, ...]
