"""Documents as they are stored: JSON, packed by zstd with a dictionary learnt from the first documents of this database.

The dictionary is a row of its own and named in each packed document, so documents packed before it, or with
another, stay readable.
"""

from collections.abc import Iterable
from itertools import islice
from threading import local
from typing import Any, TypeVar
from weakref import WeakKeyDictionary
from zlib import crc32

import msgspec
import sqlalchemy as sa
import zstandard

from finder.ocpi.types import Location, Tariff
from finder.store.schema import dictionaries

T = TypeVar("T", Location, Tariff)

LEVEL = 3
PRIVATE = 32_768
DICTIONARY_BYTES = 64 * 1024
ENOUGH_TO_LEARN = 500
MOST_SAMPLES = 1_000
# A document larger than this is refused long before it gets here; the limit keeps a damaged row from filling memory.
LARGEST = 64 * 1024 * 1024

_encoder = msgspec.json.Encoder()
_decoders: dict[type, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(kind) for kind in (Location, Tariff)}
# A decompressor must not be used by two threads at once, so each thread keeps its own.
_mine = local()


class Packer:
    """Packs documents of one kind with the database's dictionary for it; learns one when there is none and enough to
    learn from."""

    def __init__(self, connection: sa.Connection, kind: type[Location] | type[Tariff]) -> None:
        self._kind = kind.__name__
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        self._find(connection)

    def _find(self, connection: sa.Connection) -> None:
        query = sa.select(dictionaries.c.data).where(dictionaries.c.kind == self._kind)
        data = connection.scalar(query.order_by(dictionaries.c.id).limit(1))
        self._dictionary = _dictionary(data) if data else None
        self._compressor = self._make()

    def _make(self) -> zstandard.ZstdCompressor:
        return zstandard.ZstdCompressor(level=LEVEL, dict_data=self._dictionary)

    def learn(self, connection: sa.Connection, documents: Iterable[bytes]) -> None:
        """Call it with the documents of a batch, inside its transaction, before packing them."""
        if self._dictionary is None:
            self._find(connection)
        if self._dictionary is not None:
            return
        samples: list[bytes | bytearray | memoryview] = list(islice(documents, MOST_SAMPLES))
        if len(samples) < ENOUGH_TO_LEARN:
            return
        trained = zstandard.train_dictionary(DICTIONARY_BYTES, samples, dict_id=_free_id(connection, samples[0]))
        connection.execute(dictionaries.insert().values(id=trained.dict_id(), kind=self._kind, data=trained.as_bytes()))
        self._dictionary = _dictionary(trained.as_bytes())
        self._compressor = self._make()

    @property
    def has_learnt(self) -> bool:
        return self._dictionary is not None

    def pack(self, document: bytes) -> bytes:
        return self._compressor.compress(document)


def _free_id(connection: sa.Connection, sample: bytes | bytearray | memoryview) -> int:
    """An id for a dictionary, of the private ones of two bytes (RFC 8878 3.1.1.1.3): it is written in every document."""
    taken = set(connection.scalars(sa.select(dictionaries.c.id)))
    first = crc32(sample) % PRIVATE
    return next(id for id in (PRIVATE + (first + step) % PRIVATE for step in range(PRIVATE)) if id not in taken)


def _dictionary(data: bytes) -> zstandard.ZstdCompressionDict:
    dictionary = zstandard.ZstdCompressionDict(data)
    dictionary.precompute_compress(level=LEVEL)
    return dictionary


def encode(document: Location | Tariff) -> bytes:
    return _encoder.encode(document)


def unpack(connection: sa.Connection, packed: bytes, kind: type[T]) -> T:
    document: T = _decoders[kind].decode(raw(connection, packed))
    return document


def raw(connection: sa.Connection, packed: bytes) -> bytes:
    """The JSON of a packed document."""
    return _decompressor(connection, zstandard.get_frame_parameters(packed).dict_id).decompress(packed, LARGEST)


def _decompressor(connection: sa.Connection, dictionary_id: int) -> zstandard.ZstdDecompressor:
    mine: WeakKeyDictionary[sa.Engine, dict[int, zstandard.ZstdDecompressor]] | None = getattr(_mine, "known", None)
    if mine is None:
        mine = _mine.known = WeakKeyDictionary()
    known = mine.get(connection.engine)
    if known is None:
        known = mine[connection.engine] = {}
    if dictionary_id not in known:
        known[dictionary_id] = _load(connection, dictionary_id)
    return known[dictionary_id]


def _load(connection: sa.Connection, dictionary_id: int) -> zstandard.ZstdDecompressor:
    if dictionary_id == 0:
        return zstandard.ZstdDecompressor()
    data = connection.scalar(sa.select(dictionaries.c.data).where(dictionaries.c.id == dictionary_id))
    if data is None:
        raise LookupError(
            f"dictionaries: row {dictionary_id} is missing, documents packed with it cannot be read; restore a backup"
        )
    return zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(data))
