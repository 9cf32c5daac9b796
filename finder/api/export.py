"""All stations at once: the files that `flask export` wrote, and the stations as they are now, written while they are sent.

The files lie in the folder `export` beside the database.
"""

import os
import time
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from threading import Lock

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, request, stream_with_context, url_for
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from finder.api import bulk
from finder.api.answers import CORS, PREFLIGHT, answer, problem
from finder.api.bulk import MEDIA_TYPES, PACKED, WRITE
from finder.api.export_list import ExportFile, ExportList, ExportNow
from finder.api.records import Record, record, without_live
from finder.api.v1 import page_url
from finder.store import export
from finder.store.database import reading
from finder.web.exported import FORMATS, File, Format, folder, offered
from finder.web.head import absolute
from finder.web.parameters import BadParameter, read

MAX_AGE = 300
# How long one may take to read it all; a reader who stands still must not keep others out for ever.
LONGEST = 900.0
RETRY_SECONDS = "60"
# The server ends an answer that broke off like one that is whole: the number of stations and gzip's own end tell the difference.
TOTAL = "X-Total-Count"
EXPOSED = {
    "Access-Control-Expose-Headers": f"ETag, Retry-After, Accept-Ranges, Content-Range, Content-Disposition, {TOTAL}"
}
ASKED = {"Access-Control-Allow-Headers": "If-None-Match, If-Range, Range"}

blueprint = Blueprint("export", __name__, url_prefix="/api/v1/export")


class Slot:
    """Is held by one at a time, and by nobody for longer than LONGEST."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = 0.0

    def take(self, now: float) -> float | None:
        """When it is to be given back, by which it is given back; None: another has it."""
        with self._lock:
            if now < self._until:
                return None
            self._until = now + LONGEST
            return self._until

    def give_back(self, until: float) -> None:
        with self._lock:
            if self._until == until:
                self._until = 0.0


slot = Slot()


@blueprint.get("")
def export_list() -> Response:
    read(request.args, ())
    found = ExportList(
        files=tuple(_described(each) for each in offered()),
        now=tuple(ExportNow(_url("current", each), each, MEDIA_TYPES[each]) for each in FORMATS),
    )
    return answer(found, MAX_AGE)


def _described(file: File) -> ExportFile:
    shared = {name: getattr(file, name) for name in ExportFile.__struct_fields__ if name != "url"}
    return ExportFile(url=_url("nightly", file.format), **shared)


def _url(view: str, format: Format) -> str:
    return absolute(url_for(f"export.{view}", format=format))


@blueprint.get("/stations.geojsonl.gz", defaults={"format": "geojsonl"})
@blueprint.get("/stations.csv.gz", defaults={"format": "csv"})
def nightly(format: Format) -> Response:
    read(request.args, ())
    described = next((file for file in offered() if file.format == format), None)
    if described is None:
        return problem(
            404, f"no such file has been written; {url_for('export.current', format=format)} is always there"
        )
    file = (folder() / described.name).open("rb")
    state = os.fstat(file.fileno())
    response = Response(wrap_file(request.environ, file), mimetype=PACKED, direct_passthrough=True)
    response.content_length = state.st_size
    # Of the file that is open, whatever the manifest says by now.
    response.set_etag(f"{state.st_mtime_ns:x}-{state.st_size:x}")
    response.last_modified = datetime.fromtimestamp(int(state.st_mtime), UTC)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.headers["Content-Disposition"] = f"attachment; filename={described.name}"
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=state.st_size)
    except RequestedRangeNotSatisfiable:
        file.close()
        refused = problem(416, f"the file has {state.st_size} bytes; a range within them would be right")
        refused.headers["Content-Range"] = f"bytes */{state.st_size}"
        return refused
    if response.status_code == 304:
        file.close()
    return response


@blueprint.get("/stations.geojsonl", defaults={"format": "geojsonl"})
@blueprint.get("/stations.csv", defaults={"format": "csv"})
def current(format: Format) -> Response:
    read(request.args, ())
    packed = request.accept_encodings["gzip"] > 0
    engine = current_app.extensions["finder.reader"]
    with reading(engine) as connection:
        total = export.count(connection)
    if request.method == "HEAD":
        return _streamed((), format, packed, total)
    until = slot.take(time.monotonic())
    if until is None:
        refused = problem(429, "somebody is reading all stations right now; try again in a minute, or take the file")
        refused.headers["Retry-After"] = RETRY_SECONDS
        return refused
    pages = _pages(engine, format, until)
    response = _streamed(stream_with_context(_gzip(pages) if packed else pages), format, packed, total)
    response.call_on_close(lambda: slot.give_back(until))
    return response


def _streamed(pages: Iterable[bytes], format: Format, packed: bool, total: int) -> Response:
    response = Response(pages, mimetype=MEDIA_TYPES[format])
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers[TOTAL] = str(total)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _pages(engine: sa.Engine, format: Format, until: float) -> Iterator[bytes]:
    """Each page in a view of its own: a slow reader holds no transaction open. Raises TimeoutError."""
    try:
        yield bulk.first_bytes(format)
        after: int | None = export.FIRST
        while after is not None:
            if time.monotonic() > until:
                raise TimeoutError("an export on demand was not read in its time")
            with reading(engine) as connection:
                page = export.licensed(connection, after)
            now = datetime.now(UTC)
            yield b"".join(WRITE[format](record(each, page_url(each), now)) for each in page.stations)
            after = page.last
    finally:
        slot.give_back(until)


def _gzip(pages: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for page in pages:
        yield packer.compress(page)
    yield packer.flush()


def records(connection: sa.Connection, now: datetime) -> Iterator[Record]:
    """Of every station, for files that are read later; needs a request's context for the addresses of pages."""
    after: int | None = export.FIRST
    while after is not None:
        page = export.licensed(connection, after)
        for station in page.stations:
            yield record(without_live(station), page_url(station), now)
        after = page.last


@blueprint.errorhandler(BadParameter)
def wrong_parameter(error: BadParameter) -> Response:
    return problem(400, str(error), parameter=error.name)


@blueprint.after_request
def open_to_all(response: Response) -> Response:
    response.headers.update(CORS | EXPOSED)
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT | ASKED)
    return response
