import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from finder.web.static import Files

STATIC = Path(__file__).parents[2] / "static"


def test_files_are_named_after_their_content_and_kept_for_ever(client: FlaskClient) -> None:
    paths = set(re.findall(r'"(/static/[^"]+)"', client.get("/sv/sok").text))
    assert len(paths) >= 4
    for path in paths:
        answer = client.get(path)
        answer.close()
        assert answer.status_code == 200, path
        assert re.search(r"\.[0-9a-f]{10}\.\w+$", path)
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_style_sheet_names_its_font_by_the_hashed_name(app: Flask, client: FlaskClient) -> None:
    url = app.jinja_env.globals["static_url"]
    style = client.get(url("site.css"))  # type: ignore[operator]
    font = url("instrument-sans.woff2").rsplit("/", 1)[1]  # type: ignore[operator]
    said = style.text
    style.close()
    assert f"url({font})" in said


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_file_sends_fewer_bytes_to_who_can_unpack_them(app: Flask, client: FlaskClient, encoding: str) -> None:
    path = app.jinja_env.globals["static_url"]("site.css")  # type: ignore[operator]
    answer = client.get(path, headers={"Accept-Encoding": encoding})
    answer.close()
    assert answer.headers["Content-Encoding"] == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) < 5_000


def test_a_changed_file_has_a_new_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    before = Files(tmp_path).names["a.txt"]
    (tmp_path / "a.txt").write_text("two")
    assert Files(tmp_path).names["a.txt"] != before


def test_a_font_that_changes_renames_its_style_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("x{src:url(f.woff2)}")
    (tmp_path / "f.woff2").write_text("one")
    before = Files(tmp_path).names["a.css"]
    (tmp_path / "f.woff2").write_text("two")
    assert Files(tmp_path).names["a.css"] != before


def test_a_static_file_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/static/nothing.css", "/static/site.css", "/static/../app.py", "/static/%2e%2e/app.py"):
        assert client.get(path).status_code == 404


def test_the_style_sheet_stays_light() -> None:
    assert (STATIC / "site.css").stat().st_size <= 15 * 1024


def test_the_typeface_comes_with_its_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (STATIC / "instrument-sans-OFL.txt").read_text()
