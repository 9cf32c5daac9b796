from pathlib import Path

from tests.pages import read, site


def test_a_removed_station_answers_410_with_its_sign_struck_and_the_five_nearest(tmp_path: Path) -> None:
    app = site.application(tmp_path)
    site.take_in(app, tmp_path, site.feed())
    client = app.test_client()
    soup = read.page(client.get("/sv/sok?q=oslo"))
    path = str(soup.select(".row .name a")[0]["href"])
    removed = [
        location | {"evses": [site.evse("1", "REMOVED")]} if location.get("name") == "Oslo park 1" else location
        for location in site.feed()
    ]
    site.take_in(app, tmp_path, removed)
    answer = client.get(path)
    gone = read.page(answer)
    assert answer.status_code == 410
    assert read.text(gone.h1) == "Oslo park 1"
    assert "Laddstationen togs bort den" in read.text(gone.main)
    assert read.names(gone)[:3] == ["Oslo park 2", "Oslo park 3", "Oslo park 4"]
    assert len(read.names(gone)) == 5
    assert read.meta(gone, "robots") == "noindex,follow"
    assert "/sv/laddstationer/norge/" in read.links(gone)
    assert "Oslo park 1" not in read.text(read.page(client.get("/sv/laddstationer/norge/oslo/")))
