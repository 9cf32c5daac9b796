"""Points as a Mapbox Vector Tile (specification 2.1), which is a Protocol Buffers message.

The libraries that write one bring geometry engines of tens of megabytes; points need none of that.
"""

import struct
from collections.abc import Iterable, Mapping

from finder.ocpi.types import Struct

EXTENT = 4096
POINT = 1
MOVE_TO_ONE = 9
VERSION = 2
# Kinds of a field on the wire.
NUMBER, DOUBLE, BYTES = 0, 1, 2

Value = str | int | float | bool


class Point(Struct):
    """x and y from the tile's upper left corner, in EXTENTs of its side."""

    x: int
    y: int
    properties: Mapping[str, Value]


def encode(layers: Mapping[str, Iterable[Point]]) -> bytes:
    return b"".join(_field(3, _layer(name, points)) for name, points in layers.items())


def _layer(name: str, points: Iterable[Point]) -> bytes:
    """Each key and each value stands in it once; the points name them by number."""
    keys: dict[str, int] = {}
    values: dict[bytes, int] = {}
    parts = [_field(1, name.encode())]
    for point in points:
        tags = bytearray()
        for key, value in point.properties.items():
            tags += _varint(keys.setdefault(key, len(keys)))
            tags += _varint(values.setdefault(_value(value), len(values)))
        place = bytes((MOVE_TO_ONE,)) + _varint(_zigzag(point.x)) + _varint(_zigzag(point.y))
        parts.append(_field(2, _field(2, bytes(tags)) + _number(3, POINT) + _field(4, place)))
    parts += [_field(3, key.encode()) for key in keys]
    parts += [_field(4, value) for value in values]
    parts += [_number(5, EXTENT), _number(15, VERSION)]
    return b"".join(parts)


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
