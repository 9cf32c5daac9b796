from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image

from finder.pages import share
from tests.pages import read, site

UDDEVALLA = "/sv/laddstationer/vastra-gotalands-lan/uddevalla/"


def picture(client: FlaskClient, page: str) -> str:
    soup = read.page(client.get(page))
    assert (read.meta(soup, "og:image:width"), read.meta(soup, "og:image:height")) == ("1200", "630")
    assert read.meta(soup, "twitter:card") == "summary_large_image"
    parts = urlsplit(read.meta(soup, "og:image"))
    assert (parts.scheme, parts.netloc) == ("https", "uttag.example")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def first_station(client: FlaskClient) -> str:
    return str(read.page(client.get("/sv/laddstationer/norge/oslo/")).select(".row .name a")[0]["href"])


def test_each_kind_of_page_is_shared_with_a_picture_that_is_there(client: FlaskClient) -> None:
    pages = ("/sv/", "/en/stations/", UDDEVALLA, first_station(client), "/sv/om-data/")
    paths = {page: picture(client, page) for page in pages}
    for path in paths.values():
        with client.get(path) as answer, Image.open(BytesIO(answer.data)) as image:
            assert (answer.status_code, answer.mimetype, image.size) == (200, "image/png", (1200, 630))
    assert paths["/sv/"] == paths["/sv/om-data/"]
    assert len(set(paths.values())) == 3


def test_a_picture_is_in_the_language_of_its_page(client: FlaskClient) -> None:
    swedish = picture(client, UDDEVALLA)
    english = picture(client, "/en/stations/vastra-gotalands-lan/uddevalla/")
    assert swedish == "/sv/bild/omrade/SE-1485.png"
    assert english == "/en/picture/area/SE-1485.png"
    assert client.get(swedish).data != client.get(english).data


def test_who_has_the_picture_already_gets_304(client: FlaskClient) -> None:
    path = picture(client, first_station(client))
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_status_changes_neither_picture_nor_address_and_a_fact_changes_both(tmp_path: Path) -> None:
    app = site.application(tmp_path)
    client = app.test_client()

    def pictures(**more: object) -> tuple[str, bytes]:
        site.take_in(app, tmp_path, [site.location("A", **more)])
        path = picture(client, str(read.page(client.get(UDDEVALLA)).select(".row .name a")[0]["href"]))
        return path, client.get(path).data

    first = pictures()
    assert pictures(evses=[site.evse("1", "OUTOFORDER")]) == first
    renamed = pictures(name="Anders plats")
    assert renamed[0].split("?")[0] == first[0].split("?")[0]
    assert renamed[0] != first[0]
    assert renamed[1] != first[1]


def test_a_picture_says_the_price_with_its_tax(client: FlaskClient) -> None:
    with client.application.test_request_context("/sv/"):
        sign = share.of_area(_tally(client), "4,90 kr/kWh")
    assert [(line.text, line.figure) for line in sign.lines] == [
        ("8 laddstationer", "16 uttag"),
        ("Högsta effekt", "150\N{NO-BREAK SPACE}kW"),
        ("Medianpris inkl. moms", "4,90 kr/kWh"),
    ]
    assert (sign.name, sign.place) == ("Ladda elbil i Uddevalla", "Västra Götalands län, Sverige")


def _tally(client: FlaskClient) -> share.Tally:
    from finder.pages.listing import counted
    from finder.web.database import reading

    with reading() as connection:
        return counted(connection, site.NOW).tallies["SE-1485"]


@pytest.mark.parametrize("path", ["/sv/bild/999999999.png", "/sv/bild/x.png", "/sv/bild/omrade/SE-9999.png"])
def test_of_nothing_there_is_no_picture(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_of_a_station_that_is_gone_there_is_no_picture_any_more(tmp_path: Path) -> None:
    app = site.application(tmp_path)
    client = app.test_client()
    site.take_in(app, tmp_path, [site.location("A")])
    path = picture(client, str(read.page(client.get(UDDEVALLA)).select(".row .name a")[0]["href"]))
    site.take_in(app, tmp_path, [site.location("A", evses=[site.evse("1", "REMOVED")])])
    assert client.get(path).status_code == 410
