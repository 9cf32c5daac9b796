"""On a telephone that loses its network: what was seen and saved can be read, says how old it is, and stays on the device."""

import re

from playwright.sync_api import expect

from tests.browser.chromium import Started
from tests.browser.conftest import NARROW, PATIENCE_MS, Browser, Watched, window

SEARCH = "/sv/sok?q=Uddevalla"
# What the browser itself says of a request that fails, and a page that is only there without network.
EXPECTED = re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch")


def station(watched: Watched) -> str:
    """The path of one, by way of a search."""
    watched.go(SEARCH)
    return str(watched.page.locator(".row .name a").first.get_attribute("href")).split("?")[0]


def ready(watched: Watched) -> None:
    """Until the worker looks after the page."""
    watched.page.evaluate(
        """async () => {
            await navigator.serviceWorker.ready;
            while (!navigator.serviceWorker.controller) await new Promise((again) => setTimeout(again, 50));
        }"""
    )


def kept(watched: Watched, name: str) -> list[str]:
    """The addresses that a cache holds."""
    found: list[str] = watched.page.evaluate(
        "async name => (await (await caches.open(name)).keys()).map(({ url }) => url)", name
    )
    return [url.removeprefix(watched.address) for url in found]


def wait_until_kept(watched: Watched, name: str, path: str) -> None:
    watched.page.evaluate(
        """async ([name, path]) => {
            while (!(await (await caches.open(name)).match(path))) await new Promise((again) => setTimeout(again, 50));
        }""",
        [name, path],
    )


def without_network(watched: Watched, without: bool = True) -> None:
    watched.page.context.set_offline(without)


def forget_failures(watched: Watched) -> None:
    """Those of the network, which there is none of."""
    watched.wrong[:] = [words for words in watched.wrong if not EXPECTED.search(words)]


def seen(watched: Watched) -> str:
    """A station is seen, and then there is no network; its heading. Even the first page that a reader opens, which came before
    the worker, is kept."""
    path = station(watched)
    watched.go(path)
    heading = watched.heading()
    ready(watched)
    wait_until_kept(watched, "seen", path)
    without_network(watched)
    return heading


def test_a_station_that_was_seen_is_read_without_network(started: Started, browser: Browser, address: str) -> None:
    with window(started, browser, address, viewport=NARROW) as watched:
        page = watched.page
        heading = seen(watched)
        page.reload()
        assert watched.heading() == heading
        expect(page.locator(".kept")).to_have_text(
            re.compile(r"^Sidan som den var \d\d:\d\d\. Du är utan nät\. Försök igen$")
        )
        assert page.evaluate("() => getComputedStyle(document.querySelector('.sign')).borderRadius") == "16px"
        assert not watched.too_wide()
        # By itself, when the network is back.
        without_network(watched, False)
        expect(page.locator(".kept")).to_have_count(0, timeout=PATIENCE_MS)
        forget_failures(watched)


def test_what_is_not_kept_becomes_a_page_that_lists_what_is(watched: Watched) -> None:
    page = watched.page
    heading = seen(watched)
    watched.go("/sv/sok?near=58.35,11.94")
    assert watched.heading() == "Utan nät"
    expect(page.locator('[data-kept="seen"] a')).to_contain_text(heading)
    page.locator('[data-kept="seen"] a').click()
    assert watched.heading() == heading
    forget_failures(watched)


def test_nothing_is_kept_but_pages_of_stations_and_the_sites_own(watched: Watched) -> None:
    path = station(watched)
    ready(watched)
    watched.go("/sv/sok?near=58.35,11.94")
    watched.go(f"{path}?battery_kwh=77")
    watched.go(path)
    wait_until_kept(watched, "seen", path)
    names = watched.page.evaluate("() => caches.keys()")
    held = [url for name in names for url in kept(watched, name)]
    assert [url for url in held if "?" in url or url.startswith(("/api", "/tiles", "/sv/live"))] == []
    assert kept(watched, "seen") == [path]
    pages = {url for url in held if not url.startswith("/static/")}
    assert pages == {path, "/sv/", "/sv/sparade/", "/en/saved/", "/sv/utan-nat/", "/en/offline/"}
    assert watched.page.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert watched.page.context.cookies() == []


def test_a_station_is_saved_listed_with_its_status_and_taken_away_by_keyboard(watched: Watched) -> None:
    page = watched.page
    path = station(watched)
    status = page.locator(".row .state").first.inner_text()
    watched.go(path)
    heading = watched.heading()
    ready(watched)
    button = page.locator("[data-save]")
    expect(button).to_have_text("Spara")
    button.press("Enter")
    expect(button).to_have_text("Sparad")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".told")).to_have_text("Sparad på den här enheten. Alla sparade")
    wait_until_kept(watched, "saved", path)
    assert page.evaluate("() => Object.keys(localStorage)") == ["saved"]

    page.get_by_role("link", name="Alla sparade").click()
    row = page.locator(".rows .row")
    expect(row.locator(".name")).to_have_text(heading)
    expect(row.locator(".state")).to_have_text(status)
    page.reload()
    remove = page.get_by_role("button", name=f"Ta bort {heading}")
    remove.press("Enter")
    expect(row).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text=heading)).to_contain_text("är inte sparad längre.")
    undo = page.get_by_role("button", name="Ångra")
    expect(undo).to_be_focused()
    expect(page.locator("[data-empty]")).to_be_visible()
    undo.press("Enter")
    expect(row).to_have_count(1)
    remove.press("Enter")
    assert page.evaluate("() => localStorage.length") == 0
    page.wait_for_timeout(1000)
    assert kept(watched, "saved") == []


def test_without_script_there_is_no_button_to_save_and_the_lists_say_why(unscripted: Watched) -> None:
    page = unscripted.page
    unscripted.go(station(unscripted))
    expect(page.locator("[data-save]")).to_be_hidden()
    unscripted.go("/sv/sparade/")
    assert "kräver script" in page.inner_text("main")
    assert not unscripted.too_wide()
    unscripted.go("/sv/utan-nat/")
    assert "kräver script" in page.inner_text("main")
    assert not unscripted.too_wide()
