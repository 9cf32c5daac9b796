"""Bodies on their way to disk: unpacked piece by piece, never whole in memory, and cut off at a limit."""

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"


class BadBody(Exception):
    """The body cannot be used; one line why."""


class CutBody(BadBody):
    """The body ends too early, which may be better the next time."""


def decoded(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The body without its Content-Encoding, and without gzip if it is a gzip file; at most `limit` bytes.

    Raises BadBody, and CutBody where gzip does not reach its end.
    """
    if encoding in ("gzip", "x-gzip"):
        chunks = _gunzip(chunks, limit)
    elif encoding not in ("", "identity"):
        raise BadBody("Content-Encoding is neither gzip nor absent")
    return _capped(_unpacked(chunks, limit), limit)


def save(chunks: Iterable[bytes], path: Path) -> Path:
    with path.open("wb", buffering=0) as file:
        for chunk in chunks:
            file.write(chunk)
    return path


def local(path: Path, target: Path, limit: int) -> Path:
    """A file of this machine ready to be read: itself, or unpacked to `target` if it is gzip.

    Raises BadBody, and OSError where there is no such file.
    """
    with path.open("rb") as file:
        if file.read(2) == _GZIP:
            file.seek(0)
            return save(decoded(iter(lambda: file.read(CHUNK), b""), "", limit), target)
    if path.stat().st_size > limit:
        raise BadBody(_too_big(limit))
    return path


def _unpacked(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Public feeds are often gzip files, known by their first two bytes whatever their name and Content-Type."""
    rest = iter(chunks)
    start = b""
    while len(start) < len(_GZIP) and (chunk := next(rest, b"")):
        start += chunk
    whole = chain((start,), rest) if start else rest
    return _gunzip(whole, limit) if start.startswith(_GZIP) else whole


def _gunzip(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Never more than CHUNK bytes at once, so a bomb is only ever as large in memory as one piece."""
    member = zlib.decompressobj(wbits=31)
    size = 0
    for chunk in chain(chunks, (b"",)):  # the empty one asks for what zlib still holds back
        data = chunk
        while True:
            if member.eof:  # another member, or padding, which gzip ignores
                data = data.lstrip(b"\0")
                if not data:
                    break
                member = zlib.decompressobj(wbits=31)
            try:
                piece = member.decompress(data, CHUNK)
            except zlib.error as error:
                raise BadBody("gzip is damaged") from error
            size += len(piece)
            if size > limit:
                raise BadBody(_too_big(limit))
            if piece:
                yield piece
            data = member.unused_data if member.eof else member.unconsumed_tail
            if not data and len(piece) < CHUNK:
                break
    if not member.eof:
        raise CutBody("gzip ends too early")


def _capped(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise BadBody(_too_big(limit))
        yield chunk


def _too_big(limit: int) -> str:
    return f"body is larger than {limit / 2**20:g} MiB"
