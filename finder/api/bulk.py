"""The files of a bulk export: written beside the old ones and put in their place whole, with a manifest that says what they are."""

import fcntl
import gzip
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from finder.api.records import Record, header, line, rows
from finder.web.exported import FORMATS, MANIFEST, File, Format, Licensed, Manifest, files, named

# RFC 8142 (application/geo+json-seq) wants a record separator before each text; these are plain lines.
MEDIA_TYPES: dict[Format, str] = {"geojsonl": "application/x-ndjson", "csv": "text/csv"}
WRITE: dict[Format, Callable[[Record], bytes]] = {"geojsonl": line, "csv": rows}
PACKED = "application/gzip"
LOCK = ".lock"
PART = ".part"
LEVEL = 6


class Busy(Exception):
    """Another export is writing into the folder."""


def first_bytes(format: Format) -> bytes:
    return header() if format == "csv" else b""


def write(folder: Path, formats: Collection[Format], records: Iterable[Record], now: datetime) -> tuple[File, ...]:
    """Writes the files in one pass. What a killed export left is cleared away; the old files stay until the new are whole.

    Raises Busy, and OSError where the folder cannot be written to; then nothing is changed.
    """
    with _alone(folder):
        for left in folder.glob(f"*{PART}"):
            left.unlink()
        with ExitStack() as stack:
            parts = [stack.enter_context(_Part(folder, format)) for format in formats]
            told = _Told()
            for record in records:
                told.of(record)
                for part in parts:
                    part.add(record)
            made = tuple([part.end(told, now) for part in parts])
            # Whichever files lie there if the process ends between these steps, the manifest has what they are.
            _save(folder, (*files(folder), *made))
            for part in parts:
                part.replace()
            _save(folder, files(folder))
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The lock goes with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield


class _Told:
    """Who told of what is written, and where it lies."""

    def __init__(self) -> None:
        self.stations = 0
        self._sources: Counter[tuple[str, str, str]] = Counter()
        self._countries: Counter[str] = Counter()

    def of(self, record: Record) -> None:
        told = record.feature.properties
        self.stations += 1
        self._sources.update((source.partner, record.names[source.partner], source.licence) for source in told.sources)
        if told.country is not None:
            self._countries[told.country] += 1

    def sources(self) -> tuple[Licensed, ...]:
        return tuple([Licensed(*key, stations=count) for key, count in self._sources.most_common()])

    def countries(self) -> tuple[str, ...]:
        return tuple([country for country, _ in self._countries.most_common()])


class _Part:
    """A file that is being written; it goes where it is not put in its place."""

    def __init__(self, folder: Path, format: Format) -> None:
        self._format = format
        self._path = folder / (named(format) + PART)
        self._target = folder / named(format)
        self._records = 0

    def __enter__(self) -> "_Part":
        self._file = self._path.open("wb")
        self._packed = gzip.GzipFile("", "wb", LEVEL, self._file, mtime=0)
        self._packed.write(first_bytes(self._format))
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def add(self, record: Record) -> None:
        written = WRITE[self._format](record)
        self._records += 1 if self._format == "geojsonl" else max(1, len(record.feature.properties.connectors))
        self._packed.write(written)

    def end(self, told: _Told, now: datetime) -> File:
        self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        state = os.fstat(self._file.fileno())
        with self._path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return File(
            name=self._target.name,
            format=self._format,
            media_type=MEDIA_TYPES[self._format],
            created_at=now,
            stations=told.stations,
            records=self._records,
            size=state.st_size,
            sha256=digest,
            countries=told.countries(),
            sources=told.sources(),
            modified=state.st_mtime_ns,
        )

    def replace(self) -> None:
        self._path.replace(self._target)


def _save(folder: Path, described: Iterable[File]) -> None:
    part = folder / (MANIFEST + PART)
    manifest = Manifest(tuple(sorted(described, key=lambda file: FORMATS.index(file.format))))
    part.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    part.replace(folder / MANIFEST)
