"""The moving map, as somebody uses it."""

import re
from urllib.parse import unquote

import pytest

from tests.browser.conftest import Watched

UDDEVALLA = "/sv/sok?q=Uddevalla"
BOX = "11.875,58.328,11.905,58.352"


def test_nothing_of_the_map_is_loaded_before_somebody_asks(watched: Watched) -> None:
    watched.go(UDDEVALLA)
    assert watched.page.locator("#map svg[role=img]").is_visible()
    assert not [url for url in watched.asked if "maplibre" in url or "pmtiles" in url or "/tiles/" in url]
    watched.open_map()
    assert [url for url in watched.asked if "maplibre" in url]
    assert watched.pins() > 1
    assert not watched.page.locator("#map > svg[role=img]").is_visible()


def test_moving_the_map_offers_a_search_that_list_and_address_follow(watched: Watched) -> None:
    watched.go(UDDEVALLA)
    before = watched.heading()
    watched.open_map()
    assert not watched.page.is_visible(".search-here")
    watched.page.click(".zoom_in")
    watched.page.wait_for_selector(".search-here")
    watched.settle()
    watched.page.click(".search-here")
    watched.page.wait_for_url(re.compile("bbox="))
    watched.page.wait_for_selector(".search-here", state="hidden")
    assert watched.heading() != before
    assert "På den del av kartan som du valde." in watched.page.inner_text('[data-part="top"]')
    box = [float(part) for part in unquote(watched.page.url).split("bbox=")[1].split("#")[0].split(",")]
    assert box[0] < 11.91 < box[2]
    found = watched.names()
    watched.page.go_back()
    watched.page.wait_for_url(re.compile("q=Uddevalla"))
    watched.page.wait_for_selector(f"h1:text-is('{before}')")
    assert watched.names() != found
    watched.page.go_forward()
    watched.page.wait_for_url(re.compile("bbox="))
    watched.page.wait_for_selector("text=På den del av kartan som du valde.")
    assert watched.names() == found


def test_conditions_and_searches_keep_the_map_open(watched: Watched) -> None:
    watched.go(UDDEVALLA)
    watched.open_map()
    watched.page.click("text=+ CCS")
    watched.page.wait_for_url(re.compile("connector=IEC_62196_T2_COMBO"))
    watched.page.wait_for_selector(".cond:has-text('CCS')")
    watched.settle()
    assert [url for url in watched.asked if "/tiles/" in url and "connector=" in url]
    watched.page.fill("#q", "Vänersborg")
    watched.page.press("#q", "Enter")
    watched.page.wait_for_selector("h1:has-text('Vänersborg')")
    watched.settle()
    centre = watched.page.evaluate("() => document.querySelector('#map').finder.map.getCenter().toArray()")
    assert centre == pytest.approx([12.32, 58.38], abs=0.1)
    assert watched.page.locator("#map .live").is_visible()
    watched.page.go_back()
    watched.page.wait_for_selector("h1:has-text('Uddevalla')")
    assert watched.page.input_value("#q") == "Uddevalla"


def test_a_link_shows_the_same_view_again(watched: Watched) -> None:
    watched.go(f"/sv/sok?bbox={BOX}#live")
    watched.settle()
    west, south, east, north = watched.page.evaluate(
        "() => document.querySelector('#map').finder.map.getBounds().toArray().flat()"
    )
    assert west <= 11.8751
    assert east >= 11.9049
    assert (west + east) / 2 == pytest.approx(11.89, abs=0.002)
    assert (south + north) / 2 == pytest.approx(58.34, abs=0.002)


def test_a_cluster_opens_when_it_is_pressed(watched: Watched) -> None:
    watched.go("/sv/sok?bbox=9,56,15,60#live")
    watched.settle()
    many = watched.page.locator(".spot.many").first
    assert re.search(r"\d+ laddstationer: \d+ av \d+ ledig", many.get_attribute("aria-label") or "")
    zoom = "() => document.querySelector('#map').finder.map.getZoom()"
    before = watched.page.evaluate(zoom)
    many.click()
    watched.settle()
    assert watched.page.evaluate(zoom) == pytest.approx(before + 2, abs=0.01)


def test_a_pin_leads_to_its_station_and_back_to_the_map(watched: Watched) -> None:
    watched.go(f"/sv/sok?bbox={BOX}#live")
    watched.settle()
    pin = watched.page.locator("a.spot").first
    name = (pin.get_attribute("aria-label") or "").split(":")[0]
    pin.click()
    watched.page.wait_for_url(re.compile("/sv/laddstation/"))
    assert watched.heading() == name
    watched.page.go_back()
    watched.settle()
    assert watched.pins() > 1


def test_the_map_is_used_by_keyboard(watched: Watched) -> None:
    watched.go(f"/sv/sok?bbox={BOX}#live")
    watched.settle()
    centre = "() => document.querySelector('#map').finder.map.getCenter().lng"
    before = watched.page.evaluate(centre)
    watched.page.focus("#map canvas")
    watched.page.keyboard.press("ArrowRight")
    watched.settle()
    assert watched.page.evaluate(centre) > before
    assert watched.page.is_visible(".search-here")
    watched.page.focus("a.spot >> nth=0")
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_url(re.compile("/sv/laddstation/"))


def test_status_is_told_by_shape_text_and_name_and_targets_are_large_enough(watched: Watched) -> None:
    watched.go(f"/sv/sok?bbox={BOX}#live")
    watched.settle()
    kinds = set()
    for pin in watched.page.locator("a.spot").all():
        box = pin.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        shape = pin.locator("use").get_attribute("href")
        label = pin.get_attribute("aria-label") or ""
        words = {"#free": "1 av 1 ledig", "#busy": "Upptagen", "#broken": "Ur funktion", "#unknown": "Status okänd"}
        assert words[shape or ""] in label
        assert re.search(r"\d\d:\d\d$", label) or shape == "#unknown"
        kinds.add(shape)
    assert kinds == {"#free", "#busy", "#broken", "#unknown"}
    for button in watched.page.locator(".moves button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


def test_without_script_the_map_is_drawn_and_nothing_is_offered_that_does_not_work(unscripted: Watched) -> None:
    unscripted.go(UDDEVALLA)
    assert unscripted.page.locator("#map svg[role=img]").is_visible()
    assert not unscripted.page.is_visible("[data-show]")
    assert unscripted.page.evaluate("() => document.documentElement.scrollWidth") <= 320
