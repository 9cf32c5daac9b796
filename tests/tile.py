"""Vector tiles read by the letter of the specification, independently of what writes them."""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple


class Feature(NamedTuple):
    kind: int
    geometry: list[list[tuple[int, int]]]
    properties: dict[str, Any]


def read(tile: bytes) -> dict[str, list[Feature]]:
    """Features by layer. Layers and values of the wrong shape raise."""
    return dict(map(layer, (content for number, content in fields(tile) if number == 3)))


def layer(message: bytes) -> tuple[str, list[Feature]]:
    name, keys, values, features, numbers = "", [], [], [], {}
    for number, content in fields(message):
        match number:
            case 1:
                name = content.decode()
            case 2:
                features.append(content)
            case 3:
                keys.append(content.decode())
            case 4:
                ((kind, told),) = fields(content)
                values.append(value(kind, told))
            case _:
                numbers[number] = content
    assert numbers == {5: 4096, 15: 2}
    return name, [feature(each, keys, values) for each in features]


def value(kind: int, told: Any) -> Any:
    match kind:
        case 1:
            return told.decode()
        case 3:
            return struct.unpack("<d", told)[0]
        case 6:
            return unzigzag(told)
        case 7:
            return bool(told)
    raise ValueError(kind)


def feature(message: bytes, keys: list[str], values: list[Any]) -> Feature:
    told = dict(fields(message))
    tags = list(varints(told.get(2, b"")))
    properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Feature(told[3], list(parts(list(varints(told[4])))), properties)


def parts(numbers: list[int]) -> Iterator[list[tuple[int, int]]]:
    found: list[tuple[int, int]] = []
    at = x = y = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            yield found
            found = []
            continue
        if command == 1 and found:
            yield found
            found = []
        for _ in range(count):
            x, y = x + unzigzag(numbers[at]), y + unzigzag(numbers[at + 1])
            found.append((x, y))
            at += 2
    if found:
        yield found


def unzigzag(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


def fields(message: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        match tag % 8:
            case 0:
                content, at = varint(message, at)
                yield tag // 8, content
            case 1:
                yield tag // 8, message[at : at + 8]
                at += 8
            case 2:
                length, at = varint(message, at)
                assert at + length <= len(message)
                yield tag // 8, message[at : at + length]
                at += length
            case wire:
                raise ValueError(wire)


def varints(message: bytes) -> Iterator[int]:
    at = 0
    while at < len(message):
        number, at = varint(message, at)
        yield number


def varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        number += (byte % 128) << shift
        if byte < 128:
            return number, at
    raise ValueError("a number without end")
