import pytest
from flask.testing import FlaskClient

from tests.pages import read


def ask(client: FlaskClient, **parameters: str) -> tuple[int, str, list[str]]:
    answer = client.get("/sv/sok", query_string=parameters)
    soup = read.page(answer)
    return answer.status_code, read.text(soup.main), read.names(soup)


def test_near_lists_the_nearest_first_with_their_distance(client: FlaskClient) -> None:
    code, words, names = ask(client, near="58.28401,12.289")
    assert code == 200
    assert names[:3] == ["Trollhättan park 1", "Trollhättan park 2", "Trollhättan park 3"]
    assert "Mätt från 58.284, 12.289. Inom 10 km, närmast först." in words
    assert "10 m" in words


def test_a_place_that_is_typed_becomes_near_that_place(client: FlaskClient) -> None:
    code, words, names = ask(client, q="trollhattan")
    assert code == 200
    assert words.startswith("Ort, adress eller laddstation Sök 3 laddstationer nära Trollhättan")
    assert "Trollhättan i Västra Götalands län." in words
    assert len(names) == 3


def test_coordinates_that_are_typed_are_a_point(client: FlaskClient) -> None:
    assert ask(client, q="58.284, 12.289")[2] == ask(client, near="58.284,12.289")[2]


def test_a_county_lists_all_that_is_in_it(client: FlaskClient) -> None:
    _code, words, names = ask(client, q="Norge")
    assert "4 laddstationer i Norge" in words
    assert names == [f"Oslo park {n}" for n in range(1, 5)]


def test_words_find_stations_by_name_street_and_operator(client: FlaskClient) -> None:
    assert ask(client, q="oslo park 2")[2] == ["Oslo park 2"]
    code, words, names = ask(client, q="nordladd")
    assert code == 200
    assert "137 träffar på nordladd" in words
    assert len(names) == 20


def test_a_slip_of_the_pen_finds_the_place_that_was_meant(client: FlaskClient) -> None:
    assert "3 laddstationer nära Trollhättan" in ask(client, q="trolhättan")[1]


def test_where_nothing_is_near_the_circle_grows_and_says_so(client: FlaskClient) -> None:
    _code, words, names = ask(client, near="58.2,11.6")
    assert "Ingen inom 10 km. De här ligger inom 50 km, närmast först." in words
    assert len(names) == 11


def test_nothing_found_is_not_found_and_says_what_to_try(client: FlaskClient) -> None:
    code, words, names = ask(client, q="qqqqqq")
    assert (code, names) == (404, [])
    assert "Inga träffar på qqqqqq" in words
    assert "Skriv färre ord" in words
    assert "Välj i listan över alla områden" in words


def test_a_radius_that_is_asked_for_is_kept_to(client: FlaskClient) -> None:
    code, words, names = ask(client, near="58.2,11.6", radius_km="5")
    assert (code, names) == (404, [])
    assert "Inga laddstationer i närheten" in words


@pytest.mark.parametrize(
    ("asked", "clean"),
    [
        ("q=oslo&utm_source=x", "/sv/sok?q=oslo"),
        ("radius_km=5&near=58.3,12.3", "/sv/sok?near=58.3,12.3&radius_km=5"),
        ("q=&near=58.3,12.3", "/sv/sok?near=58.3,12.3"),
        ("q=oslo&page=1", "/sv/sok?q=oslo"),
        ("q=%20oslo%20", "/sv/sok?q=oslo"),
        ("q=a&q=b", "/sv/sok?q=a"),
        ("next=https://evil.example", "/sv/sok"),
    ],
)
def test_one_search_has_one_address(client: FlaskClient, asked: str, clean: str) -> None:
    answer = client.get(f"/sv/sok?{asked}")
    assert (answer.status_code, answer.headers["Location"]) == (301, clean)


@pytest.mark.parametrize(
    ("name", "value"),
    [("near", "here"), ("near", "91,0"), ("radius_km", "0"), ("radius_km", "1e3"), ("page", "51"), ("bbox", "1,2,3")],
)
def test_a_parameter_that_cannot_be_read_is_named_and_explained(client: FlaskClient, name: str, value: str) -> None:
    answer = client.get("/sv/sok", query_string={name: value})
    soup = read.page(answer)
    error = soup.select_one("#q-error")
    assert answer.status_code == 400
    assert read.text(error).startswith(f"{name} tar ")
    field = soup.select_one("#q")
    assert field is not None
    assert field["aria-describedby"] == "q-error"


def test_a_long_answer_has_pages(client: FlaskClient) -> None:
    first = read.page(client.get("/sv/sok?q=nordladd"))
    (second,) = [str(tag["href"]) for tag in first.select(".paging a")]
    assert second == "/sv/sok?q=nordladd&page=2"
    assert set(read.names(first)).isdisjoint(read.names(read.page(client.get(second))))


def test_an_empty_search_is_a_form(client: FlaskClient) -> None:
    code, words, names = ask(client)
    assert (code, names) == (200, [])
    assert "Skriv en ort, en adress, en laddstation eller en operatör." in words


def test_searches_are_never_indexed(client: FlaskClient) -> None:
    for path in ("/sv/sok", "/sv/sok?q=oslo", "/en/search?near=58.3,12.3"):
        assert read.meta(read.page(client.get(path)), "robots") == "noindex,follow"
    assert "Disallow: /sv/sok?" in client.get("/robots.txt").text


def test_what_was_typed_is_said_back_as_text(client: FlaskClient) -> None:
    answer = client.get("/sv/sok", query_string={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert "alert(1)" in read.text(read.page(answer).h1)


def test_a_place_found_leads_on_to_the_page_of_its_area(client: FlaskClient) -> None:
    soup = read.page(client.get("/en/search?q=oslo"))
    assert "/en/stations/norge/oslo/" in read.links(soup)
