"""The files with all stations that lie ready to be served: which there are, as their manifest says."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from flask import current_app

from finder.store import export
from finder.web.database import reading

Format = Literal["geojsonl", "csv"]

FORMATS: tuple[Format, ...] = ("geojsonl", "csv")
MANIFEST = "manifest.json"


class Licensed(msgspec.Struct, frozen=True):
    """A partner that told of some of the stations, how many, and how that may be passed on."""

    partner: str
    name: str
    licence: str
    stations: int


class File(msgspec.Struct, frozen=True):
    """`records` are lines after the header. `modified` is the file's time in ns, by which it is known to be the one described."""

    name: str
    format: Format
    media_type: str
    created_at: datetime
    stations: int
    records: int
    size: int
    sha256: str
    countries: tuple[str, ...]
    sources: tuple[Licensed, ...]
    modified: int


class Manifest(msgspec.Struct, frozen=True):
    """What lies beside it."""

    files: tuple[File, ...] = ()


def named(format: Format) -> str:
    return f"stations.{format}.gz"


def offered() -> tuple[File, ...]:
    """The files of which every partner still allows what is in them."""
    found = files(folder())
    if not found:
        return ()
    with reading() as connection:
        licences = export.licences(connection)
    return tuple(
        file for file in found if all(licences.get(source.partner) == source.licence for source in file.sources)
    )


def folder() -> Path:
    return Path(current_app.config["EXPORT"])


def files(folder: Path) -> tuple[File, ...]:
    """Those that lie there and are the ones that the manifest describes; none where there is no manifest."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return ()
    return tuple([file for file in manifest.files if file.name == named(file.format) and _is(folder / file.name, file)])


def _is(path: Path, file: File) -> bool:
    try:
        state = path.stat()
    except FileNotFoundError:
        return False
    return (state.st_size, state.st_mtime_ns) == (file.size, file.modified)
