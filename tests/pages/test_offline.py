"""The site on a telephone: its manifest, what its worker keeps, and the pages without network and of saved stations."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from PIL import Image

from tests.pages import read

STATIC = Path(__file__).parents[2] / "static"
LANGUAGES = {"sv": ("/sv/", "/sv/sparade/", "/sv/utan-nat/"), "en": ("/en/", "/en/saved/", "/en/offline/")}


def manifest(client: FlaskClient, page: str) -> dict[str, Any]:
    path = read.link(read.page(client.get(page)), "manifest")
    assert path is not None
    answer = client.get(path)
    assert answer.mimetype == "application/manifest+json"
    found: dict[str, Any] = json.loads(answer.data)
    return found


def picture(client: FlaskClient, path: str) -> Image.Image:
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
        return Image.open(BytesIO(answer.data))


def site_of_worker(client: FlaskClient) -> dict[str, Any]:
    """What the worker is told."""
    told = re.match(r"const SITE = (.*);\nimportScripts\(", client.get("/sw.js").text)
    assert told is not None
    found: dict[str, Any] = json.loads(told[1])
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_site_can_be_installed_in_each_language_as_the_same_application(client: FlaskClient, code: str) -> None:
    home = LANGUAGES[code][0]
    said = manifest(client, home)
    assert (said["id"], said["scope"], said["display"], said["start_url"]) == ("/", "/", "standalone", home)
    assert said["lang"].startswith(code)
    assert said["name"].startswith("Uttag")
    assert len(said["short_name"]) <= 12
    for each in said["shortcuts"]:
        assert client.get(each["url"]).status_code == 200


def test_without_a_language_the_manifest_is_the_swedish_one(client: FlaskClient) -> None:
    assert client.get("/manifest.webmanifest").data == client.get("/sv/manifest.webmanifest").data


def test_icons_have_the_sizes_that_the_manifest_says(client: FlaskClient) -> None:
    icons = manifest(client, "/sv/")["icons"]
    for icon in icons:
        width, height = map(int, icon["sizes"].split("x"))
        assert picture(client, icon["src"]).size == (width, height)
    assert {icon["sizes"] for icon in icons if icon.get("purpose", "any") == "any"} == {"192x192", "512x512"}
    # A telephone cuts a shape of its own out of this one: there is colour up to its edges.
    (maskable,) = (icon for icon in icons if icon.get("purpose") == "maskable")
    cut = picture(client, maskable["src"]).convert("RGBA")
    assert {cut.getpixel(corner) for corner in ((0, 0), (511, 0), (0, 511), (511, 511))} == {(10, 74, 140, 255)}


def test_a_telephone_finds_its_icon_on_every_page(client: FlaskClient) -> None:
    path = read.link(read.page(client.get("/en/")), "apple-touch-icon")
    assert path is not None
    assert picture(client, path).size == (180, 180)


def test_the_colours_of_the_manifest_are_those_of_the_page(client: FlaskClient) -> None:
    said, page = manifest(client, "/sv/"), read.page(client.get("/sv/"))
    ground = re.search(r"--ground:light-dark\((#\w+),(#\w+)\)", (STATIC / "site.css").read_text(encoding="utf-8"))
    assert ground is not None
    assert said["theme_color"] == said["background_color"] == ground[1]
    assert [str(tag["content"]) for tag in page.select("meta[name=theme-color]")] == [ground[1], ground[2]]


def test_the_worker_is_for_the_whole_site_and_asked_for_anew(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "worker-src 'self'" in client.get("/sv/").headers["Content-Security-Policy"]


def test_the_worker_keeps_what_pages_are_made_of_by_names_that_change_with_a_release(client: FlaskClient) -> None:
    said = site_of_worker(client)
    for plain, hashed in said["files"].items():
        assert re.fullmatch(rf"{re.escape(plain.rsplit('.', 1)[0])}\.[0-9a-f]{{10}}\.\w+", hashed)
        answer = client.get(hashed)
        answer.close()
        assert answer.status_code == 200
    for page in ("/sv/", "/sv/sok?q=Uddevalla", "/sv/sparade/"):
        # The moving map is loaded on request, and not without network.
        needed = set(re.findall(r'(?:href|src)="(/static/[^/"]+\.(?:css|js|woff2))"', client.get(page).text))
        assert needed <= set(said["files"].values())
    assert sum((STATIC / name.removeprefix("/static/")).stat().st_size for name in said["files"]) < 100_000


def test_the_worker_keeps_no_search_no_api_and_no_tiles(client: FlaskClient) -> None:
    said = site_of_worker(client)
    kept = [
        *said["files"],
        *(words[name] for words in said["languages"].values() for name in ("home", "saved", "offline")),
    ]
    assert [path for path in kept if re.search(r"\?|^/(sv/sok|en/search|sv/live|en/live|api|tiles)", path)] == []
    for code, paths in LANGUAGES.items():
        words = said["languages"][code]
        assert (words["home"], words["saved"], words["offline"]) == paths
        assert str(read.page(client.get(f"{paths[0]}")).html["lang"]) == code  # type: ignore[index]
    # Pages of stations, by what their addresses begin with.
    assert {words["station"] for words in said["languages"].values()} == {"/sv/laddstation/", "/en/station/"}
    assert said["most"] == 30


def test_what_is_written_over_a_kept_page_says_when_it_was_so(client: FlaskClient) -> None:
    said = site_of_worker(client)["languages"]
    assert said["sv"]["noNetwork"] == "Sidan som den var #. Du är utan nät."
    assert said["en"]["noNetwork"] == "The page as it was #. You have no network."


@pytest.mark.parametrize("path", [path for paths in LANGUAGES.values() for path in paths[1:]])
def test_pages_of_the_reader_alone_are_in_no_search_engine_and_the_same_for_everybody(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    page = read.page(answer)
    assert answer.status_code == 200
    assert read.meta(page, "robots") == "noindex,follow"
    assert "public" in answer.headers["Cache-Control"]
    assert len(page.select("h1")) == 1
    assert page.noscript is not None
    assert path not in client.get("/sitemap.xml").text


def test_every_page_leads_to_what_is_saved(client: FlaskClient) -> None:
    assert "/sv/sparade/" in read.links(read.page(client.get("/sv/laddstationer/")))
    assert "/en/saved/" in read.links(read.page(client.get("/en/")))


def test_the_button_that_saves_needs_script_and_names_the_page_in_every_language(client: FlaskClient) -> None:
    path = str(read.page(client.get("/sv/sok?q=Uddevalla")).select(".row .name a")[0]["href"])
    button = read.page(client.get(path)).select_one("[data-save]")
    assert isinstance(button, Tag)
    assert button.has_attr("hidden")
    assert f"{button['data-folder']}{button['data-save']}/" == path
    english = client.get(f"/en/station/{button['data-save']}/")
    assert english.status_code == 200
    # Whatever a partner calls it.
    assert "<script>alert" not in english.text
