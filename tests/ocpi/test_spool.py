"""Bodies reach the disk unpacked, whole, and within their limit."""

import gzip
import zlib

import pytest

from finder.ocpi import spool

TEXT = b'[{"id": "1"}]' * 50_000
LIMIT = 1 << 20


def pieces(data, size=1000):
    return (data[start : start + size] for start in range(0, len(data), size))


@pytest.mark.parametrize("size", [1, 7, 65536, 1 << 22])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", ""])
def test_gzip_is_unpacked_by_its_header_or_its_first_bytes(encoding, size):
    assert b"".join(spool.decoded(pieces(gzip.compress(TEXT, mtime=0), size), encoding, LIMIT)) == TEXT


def test_a_gzip_file_sent_with_gzip_encoding_is_unpacked_twice():
    twice = gzip.compress(gzip.compress(TEXT), mtime=0)
    assert b"".join(spool.decoded(pieces(twice), "gzip", LIMIT)) == TEXT


@pytest.mark.parametrize("body", [b"", b"{", b"[]", TEXT])
def test_a_plain_body_stays_as_it_is(body):
    assert b"".join(spool.decoded(pieces(body), "identity", LIMIT)) == body


def test_members_of_gzip_follow_each_other_and_padding_is_ignored():
    body = gzip.compress(b"[1,", mtime=0) + gzip.compress(b"2]", mtime=0) + b"\0" * 700
    assert b"".join(spool.decoded(pieces(body, 3), "gzip", LIMIT)) == b"[1,2]"


@pytest.mark.parametrize("size", [spool.CHUNK - 1, spool.CHUNK, spool.CHUNK + 1, 2 * spool.CHUNK])
def test_nothing_is_lost_at_the_edges_of_pieces(size):
    text = b"x" * size
    assert b"".join(spool.decoded([gzip.compress(text, mtime=0)], "gzip", LIMIT)) == text


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_gzip_that_ends_too_early_is_refused(encoding, part):
    packed = gzip.compress(TEXT, mtime=0)
    with pytest.raises(spool.CutBody):
        b"".join(spool.decoded(pieces(packed[: int(len(packed) * part)]), encoding, LIMIT))


def test_damaged_gzip_is_refused():
    packed = bytearray(gzip.compress(TEXT, mtime=0))
    packed[-6] ^= 0xFF
    with pytest.raises(spool.BadBody, match="damaged"):
        b"".join(spool.decoded([bytes(packed)], "gzip", LIMIT))
    with pytest.raises(spool.BadBody, match="damaged"):
        b"".join(spool.decoded([b"{not gzip}"], "gzip", LIMIT))


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "gzip, br", "text/html"])
def test_other_encodings_are_refused(encoding):
    with pytest.raises(spool.BadBody, match="Content-Encoding"):
        spool.decoded([TEXT], encoding, LIMIT)


def test_a_body_may_be_as_large_as_the_limit_and_no_larger():
    assert b"".join(spool.decoded(pieces(TEXT), "", len(TEXT))) == TEXT
    for body, encoding in ((TEXT, ""), (gzip.compress(TEXT, mtime=0), "gzip"), (gzip.compress(TEXT, mtime=0), "")):
        with pytest.raises(spool.BadBody, match="larger than"):
            b"".join(spool.decoded(pieces(body), encoding, len(TEXT) - 1))


def test_pieces_stay_small_whatever_they_unpack_to():
    bomb = zlib.compressobj(wbits=31)
    packed = b"".join(bomb.compress(b" " * (1 << 20)) for _ in range(64)) + bomb.flush()
    assert len(packed) < 100_000
    assert max(map(len, spool.decoded([packed], "gzip", 1 << 30))) <= spool.CHUNK


def test_a_local_file_is_read_where_it_lies(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(TEXT)
    assert spool.local(path, tmp_path / "spooled", LIMIT) == path


def test_a_local_gzip_file_is_unpacked_whatever_its_name(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(gzip.compress(TEXT, mtime=0))
    spooled = spool.local(path, tmp_path / "spooled", LIMIT)
    assert spooled == tmp_path / "spooled"
    assert spooled.read_bytes() == TEXT


def test_a_local_file_has_the_limit_of_a_feed(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(TEXT)
    with pytest.raises(spool.BadBody, match="larger than"):
        spool.local(path, tmp_path / "spooled", 1000)
