"""Mapbox Vector Tiles (specification 2.1), which are Protocol Buffers messages: written for the map, read for what the server draws.

The libraries that do it bring geometry engines of tens of megabytes, and mend what needs no mending.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from finder.ocpi.types import Struct

EXTENT = 4096
VERSION = 2
MOVE, LINE, CLOSE = 1, 2, 7
# Kinds of a field on the wire.
NUMBER, DOUBLE, BYTES = 0, 1, 2

Value = str | int | float | bool
Point = tuple[int, int]
"""x and y from the tile's upper left corner, in EXTENTs of its side."""


class Kind(IntEnum):
    POINT = 1
    LINE = 2
    POLYGON = 3


class Feature(Struct):
    """Lines, or rings, or single points. A ring does not say its first point again; all run clockwise, so none is a hole."""

    kind: Kind
    parts: Sequence[Sequence[Point]]
    properties: Mapping[str, Value] = {}


# Writing


def encode(layers: Mapping[str, Iterable[Feature]]) -> bytes:
    return b"".join(_field(3, _layer(name, features)) for name, features in layers.items())


def _layer(name: str, features: Iterable[Feature]) -> bytes:
    """Each key and each value stands in it once; the features name them by number."""
    keys: dict[str, int] = {}
    values: dict[bytes, int] = {}
    written = [_field(1, name.encode())]
    for feature in features:
        tags = bytearray()
        for key, value in feature.properties.items():
            tags += _varint(keys.setdefault(key, len(keys)))
            tags += _varint(values.setdefault(_value(value), len(values)))
        told = _field(2, bytes(tags)) if tags else b""
        written.append(_field(2, told + _number(3, feature.kind) + _field(4, _geometry(feature))))
    written += [_field(3, key.encode()) for key in keys]
    written += [_field(4, value) for value in values]
    written += [_number(5, EXTENT), _number(15, VERSION)]
    return b"".join(written)


def _geometry(feature: Feature) -> bytes:
    """Each point as its steps from the one before."""
    found = bytearray()
    x = y = 0
    for part in feature.parts:
        for place, (east, south) in enumerate(part):
            if place == 0:
                found += _varint(MOVE | 1 << 3)
            elif place == 1:
                found += _varint(LINE | len(part) - 1 << 3)
            found += _varint(_zigzag(east - x)) + _varint(_zigzag(south - y))
            x, y = east, south
        if feature.kind == Kind.POLYGON:
            found += _varint(CLOSE | 1 << 3)
    return bytes(found)


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return _number(7, value)
        case str():
            return _field(1, value.encode())
        case int():
            return _number(6, _zigzag(value))
        case float():
            return _varint(3 << 3 | DOUBLE) + struct.pack("<d", value)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3 | NUMBER) + _varint(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


# Reading


def rings(tile: bytes, layer: str) -> Iterator[list[Point]]:
    """Every ring of the polygons of a layer that `encode` wrote."""
    for number, content in _fields(tile):
        if number == 3 and isinstance(content, bytes):
            yield from _rings_of(content, layer.encode())


def _rings_of(layer: bytes, name: bytes) -> Iterator[list[Point]]:
    fields = list(_fields(layer))
    if (1, name) in fields:
        for number, feature in fields:
            if number == 2 and isinstance(feature, bytes):
                told = dict(_fields(feature))
                if told.get(3) == Kind.POLYGON and isinstance(geometry := told[4], bytes):
                    yield from _rings(geometry)


def _rings(geometry: bytes) -> Iterator[list[Point]]:
    numbers = varints(geometry)
    ring: list[Point] = []
    x = y = 0
    for command in numbers:
        if command & 7 == CLOSE:
            yield ring
            ring = []
            continue
        for _ in range(command >> 3):
            east, south = next(numbers), next(numbers)
            x += (east >> 1) ^ -(east & 1)
            y += (south >> 1) ^ -(south & 1)
            ring.append((x, y))


def varints(content: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            yield value
            value = shift = 0
        else:
            shift += 7


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, content) of each field; of those of other kinds than numbers and bytes nothing is written by `encode`, but in values."""
    at = 0
    while at < len(message):
        tag, at = _one(message, at)
        content, at = _one(message, at)
        if tag & 7 == BYTES:
            yield tag >> 3, message[at : at + content]
            at += content
        else:
            yield tag >> 3, content


def _one(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] >= 0x80:
        value |= (message[at] & 0x7F) << shift
        shift += 7
        at += 1
    return value | message[at] << shift, at + 1
