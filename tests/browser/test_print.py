"""A station on paper."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Watched

A4 = {"top": "14mm", "bottom": "14mm", "left": "14mm", "right": "14mm"}


def test_a_station_prints_on_two_sheets_at_most_with_its_address_and_without_what_is_pressed(watched: Watched) -> None:
    page = watched.page
    watched.go("/sv/sok?q=Uddevalla")
    path = str(page.locator(".row .name a").first.get_attribute("href")).split("?")[0]
    watched.go(path)
    address = page.locator(".printed")
    expect(address).to_be_hidden()
    paper = page.pdf(format="A4", margin=A4)
    assert 1 <= len(re.findall(rb"/Type /Page\b", paper)) <= 2

    page.emulate_media(media="print", color_scheme="dark")
    expect(address).to_have_text(f"https://uttag.example{path}")
    for what in (".top nav", ".foot", ".crumbs", ".calc", "[data-save]", "a[href='#find']"):
        expect(page.locator(what).first).to_be_hidden()
    for heading in ("Priser", "Uttag och effekt", "Öppettider", "Hitta hit"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('.sign')).backgroundColor") == "rgba(0, 0, 0, 0)"
    )
