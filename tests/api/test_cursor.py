from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.api.cursor import read, write

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.tuples(NAMES | st.floats(allow_nan=False, allow_infinity=False), NAMES))
def test_a_cursor_is_read_as_it_was_written(place: tuple[str | float, str]) -> None:
    assert read(write(place)) == place


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"{}", b"[]", b'["a"]', b'["a","b","c"]', b'[null,"a"]', b'[NaN,"a"]', b'["a\\u0000","b"]', b"[" * 9999],
)  # fmt: skip
def test_what_was_not_written_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        read(urlsafe_b64encode(content).decode())


@pytest.mark.parametrize("cursor", ["", "a", "====", "å", "%00"])
def test_what_is_no_base64_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError):
        read(cursor)
