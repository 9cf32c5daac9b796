"""Finding a charging station, as somebody does: with a keyboard, a finger, a position, or without script."""

import re

from playwright.sync_api import expect

from tests.browser.chromium import Started
from tests.browser.conftest import NARROW, Browser, Watched, window

UDDEVALLA = "/sv/sok?q=Uddevalla"


def test_what_is_typed_is_offered_chosen_and_found(watched: Watched) -> None:
    page = watched.page
    watched.go("/sv/")
    page.locator("#q").press_sequentially("Vänersborg t")
    offered = page.get_by_role("option")
    expect(offered.filter(has_text="Vänersborg torg")).to_be_visible()
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")
    page.fill("#q", "udde")
    offered.filter(has_text="Uddevalla").first.click()
    page.wait_for_url(re.compile("/sv/sok"))
    assert "Uddevalla" in watched.heading()
    assert len(watched.names()) == 20


def test_a_suggestion_is_chosen_by_keyboard_and_announced(watched: Watched) -> None:
    page = watched.page
    watched.go("/sv/")
    # Past the link to the content and the header's, to the field, without a mouse.
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#main"
    for _ in range(30):
        if page.evaluate("() => document.activeElement.id") == "q":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("vänersborg t")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    expect(page.locator(".sugs [role=status]")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert page.get_attribute("#q", "aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sv/laddstation/|/sv/sok"))
    assert "Vänersborg" in watched.heading()


def test_conditions_are_chosen_said_and_taken_away(watched: Watched) -> None:
    page = watched.page
    watched.go(UDDEVALLA)
    before = page.inner_text('[data-part="top"] .s')
    page.click("summary:has-text('Alla villkor')")
    page.check("input[name=connector][value=IEC_62196_T2]")
    page.click("text=Visa träffar")
    page.wait_for_url(re.compile("connector=IEC_62196_T2"))
    assert page.locator(".cond", has_text="Typ 2").count() == 1
    assert [name for name in watched.names() if int(name.split()[1]) % 5] == []
    assert len(watched.names()) == 8
    page.click(".cond")
    page.wait_for_url(lambda url: "connector" not in url)
    assert page.inner_text('[data-part="top"] .s') == before


def test_the_list_is_put_in_another_order_and_back(watched: Watched) -> None:
    page = watched.page
    watched.go(UDDEVALLA)
    nearest = watched.names()
    page.click(".sort a:has-text('Namn')")
    page.wait_for_url(re.compile("sort=name"))
    assert watched.names() == [f"Plats {n:02}" for n in range(20)]
    assert page.locator(".sort [aria-current]").inner_text() == "Namn"
    page.go_back()
    page.wait_for_url(lambda url: "sort" not in url)
    assert watched.names() == nearest != sorted(nearest)


def test_a_position_that_is_granted_finds_the_nearest(started: Started, browser: Browser, address: str) -> None:
    here = {"latitude": 58.3801, "longitude": 12.3202}
    with window(started, browser, address, permissions=["geolocation"], geolocation=here) as watched:
        watched.go("/sv/")
        watched.page.click("[data-geolocate]")
        watched.page.wait_for_url(re.compile(r"near=58\.380(,|%2C)12\.320"))
        assert watched.names()[0] == "Vänersborg torg"


def test_a_position_that_is_refused_is_said_and_nothing_else_happens(watched: Watched) -> None:
    watched.go("/sv/")
    watched.page.click("[data-geolocate]")
    expect(watched.page.locator("[data-geolocate-words]")).to_have_text(
        "Vi fick ingen position. Skriv en ort i stället."
    )
    assert watched.page.url == f"{watched.address}/sv/"


def test_without_script_everything_is_found_by_plain_forms_and_links(unscripted: Watched) -> None:
    page = unscripted.page
    unscripted.go("/sv/")
    assert not page.locator("[data-geolocate]").first.is_visible()
    page.fill("#q", "Uddevalla")
    page.press("#q", "Enter")
    page.wait_for_url(re.compile("/sv/sok"))
    page.click("summary:has-text('Alla villkor')")
    page.check("input[name=connector][value=IEC_62196_T2]")
    page.click("text=Visa träffar")
    page.wait_for_url(re.compile("connector=IEC_62196_T2"))
    assert len(unscripted.names()) == 8
    page.click(".sort a:has-text('Namn')")
    page.wait_for_url(re.compile("sort=name"))
    first = unscripted.names()[0]
    page.click(f".row h3 a:text-is('{first}')")
    page.wait_for_url(re.compile("/sv/laddstation/"))
    assert (unscripted.heading(), first) == ("Plats 00", "Plats 00")
    assert not unscripted.too_wide()


def test_from_the_keyboard_alone_a_station_is_reached(watched: Watched) -> None:
    page = watched.page
    watched.go(UDDEVALLA)
    first = watched.names()[0]
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == first:
            break
    # What has the focus can be seen to have it.
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sv/laddstation/"))
    assert watched.heading() == first


def test_on_320_pixels_no_page_is_wider_and_the_map_opens(started: Started, browser: Browser, address: str) -> None:
    with window(started, browser, address, viewport=NARROW, has_touch=True) as watched:
        watched.go("/sv/")
        assert not watched.too_wide()
        watched.go(UDDEVALLA)
        assert not watched.too_wide()
        watched.open_map()
        assert not watched.too_wide()
        assert watched.pins() > 1
        for target in watched.page.locator(".moves button:visible, .spot:visible").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24
        watched.page.tap(".row h3 a")
        watched.page.wait_for_url(re.compile("/sv/laddstation/"))
        assert not watched.too_wide()
