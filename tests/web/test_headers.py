import re

import pytest
from flask.testing import FlaskClient

from finder.web.headers import content_security_policy

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def style_sheet(client: FlaskClient) -> str:
    match = re.search(r'href="(/static/site\.\w+\.css)"', client.get("/sv/nowhere").text)
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    "path", ["/", "/sv/nowhere", "/sv/fail/500", "/sv/", "/api/v1/nothing", "style", "/robots.txt"]
)
def test_every_answer_is_safe(client: FlaskClient, path: str) -> None:
    answer = client.get(style_sheet(client) if path == "style" else path)
    answer.close()
    for name, value in SAFE.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for rule in ("base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert "unsafe" not in policy


def test_https_is_asked_to_stay_https(client: FlaskClient) -> None:
    for path in ("/sv/nowhere", style_sheet(client)):
        plain, secure = client.get(path), client.get(path, headers={"X-Forwarded-Proto": "https"})
        plain.close()
        secure.close()
        assert "Strict-Transport-Security" not in plain.headers
        assert "max-age=63072000" in secure.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("host", ["evil.example", "uttag.example.evil.example", "uttag.example:80@evil.example"])
def test_a_host_that_is_not_ours_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/sv/nowhere", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_our_own_host_is_answered_and_names_no_other(client: FlaskClient) -> None:
    answer = client.get("/sv/sok", headers={"Host": "uttag.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.text
    assert 'href="https://uttag.example/sv/sok"' in answer.text


def test_no_cookie_is_set(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/sv/sok").headers


def policy(tiles_url: str | None) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in content_security_policy(tiles_url).split("; "))


def test_nothing_but_the_site_itself_may_be_asked() -> None:
    rules = policy(None)
    assert rules["connect-src"] == rules["script-src"] == rules["worker-src"] == "'self'"
    assert rules["img-src"] == "'self' data: blob:"
    assert not any("http" in rule for rule in rules.values())


@pytest.mark.parametrize(
    "url", ["https://tiles.example:8443/style.json?key=a;b", "https://tiles.example:8443/{z}/{x}/{y}.png"]
)
def test_the_host_of_the_streets_may_be_asked_for_tiles_and_pictures_alone(url: str) -> None:
    rules, bare = policy(url), policy(None)
    assert rules["connect-src"] == "'self' https://tiles.example:8443"
    assert rules["img-src"] == "'self' data: blob: https://tiles.example:8443"
    assert {name for name in bare if rules[name] != bare[name]} == {"connect-src", "img-src"}
