from io import BytesIO
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.pages import read

SPACE = "{http://a9.com/-/spec/opensearch/1.1/}"
TYPE = "application/opensearchdescription+xml"


@pytest.mark.parametrize(("page", "language"), [("/sv/", "sv-SE"), ("/en/stations/", "en-GB")])
def test_browsers_may_take_the_search_as_one_of_theirs(client: FlaskClient, page: str, language: str) -> None:
    path = read.link(read.page(client.get(page)), "search")
    assert path is not None
    answer = client.get(path)
    root = ElementTree.fromstring(answer.data)
    assert answer.mimetype == TYPE
    assert root.findtext(f"{SPACE}ShortName") == "Uttag"
    assert root.findtext(f"{SPACE}Language") == language
    templates = {str(tag.get("rel")): str(tag.get("template")) for tag in root.iter(f"{SPACE}Url")}
    assert urlsplit(templates["self"]).path == path
    found = client.get(urlsplit(templates["results"].replace("{searchTerms}", "uddevalla")).path + "?q=uddevalla")
    assert found.status_code == 200
    assert len(read.names(read.page(found))) == 8


def test_without_a_language_it_is_the_swedish_search(client: FlaskClient) -> None:
    assert client.get("/opensearch.xml").data == client.get("/sv/opensearch.xml").data


def test_the_icon_has_the_sizes_that_browsers_ask_for(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    with Image.open(BytesIO(answer.data)) as icon:
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
