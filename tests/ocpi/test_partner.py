"""partners.toml: what it may say, and one clear line where it is wrong."""

import pytest
from rich.pretty import pretty_repr

from finder.ocpi.partner import ConfigError, Partner, read_partners

PLATFORM = """
[[partner]]
slug = "nordladd"
name = "Nordladd"
versions_url = "https://ocpi.nordladd.example/ocpi/versions"
token = "env:NORDLADD_TOKEN"
licence = "CC-BY-4.0"
"""

FEED = """
[[partner]]
slug = "ndw"
name = "NDW"
locations = "https://opendata.ndw.nu/charging_point_locations_ocpi.json.gz"
tariffs = "data/tariffs.json.gz"
version = "2.2"
"""


def test_the_examples_of_the_documentation_are_read():
    platform, feed = read_partners(PLATFORM + FEED, {"NORDLADD_TOKEN": "s3cret\n"})
    assert platform == Partner(
        slug="nordladd",
        name="Nordladd",
        versions_url="https://ocpi.nordladd.example/ocpi/versions",
        token="s3cret",
        licence="CC-BY-4.0",
    )
    assert feed.version == "2.2.1"
    assert feed.tariffs == "data/tariffs.json.gz"
    assert feed.licence is None


def test_every_option_is_read():
    (partner,) = read_partners(
        PLATFORM
        + """
token_encoding = "plain"
version = "2.1.1"
country_code = "se"
party_id = "nor"
interval = "12h"
allow_hosts = ["cdn.nordladd.example", "api.nordladd.example:8443"]
trust_private_network = true
headers = { "X-Api-Key" = "env:KEY" }
max_feed_mib = 700
delay = 6
""",
        {"NORDLADD_TOKEN": "s", "KEY": "k"},
    )
    assert (partner.country_code, partner.party_id) == ("SE", "NOR")
    assert partner.interval == 12 * 3600
    assert partner.allow_hosts == ("cdn.nordladd.example", "api.nordladd.example:8443")
    assert partner.trust_private_network
    assert partner.headers == {"X-Api-Key": "k"}
    assert partner.max_feed_mib == 700
    assert partner.delay == 6.0


def test_no_partner_at_all_is_a_configuration_too():
    assert read_partners("", {}) == ()


def test_secrets_are_in_no_repr():
    (partner,) = read_partners(PLATFORM + 'headers = {"X-Api-Key" = "k3y"}', {"NORDLADD_TOKEN": "s3cret"})
    for shown in (repr(partner), str(partner), f"{partner}", pretty_repr(partner), repr([partner])):
        assert "s3cret" not in shown
        assert "k3y" not in shown
        assert "nordladd" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[partner]", "not TOML"),
        ("[partner]\nslug = 'a'", "double brackets"),
        ("[[partners]]\nslug = 'a'", "unknown key 'partners'"),
        ("[[partner]]\nname = 'A'", "number 1: slug is needed"),
        ("[[partner]]\nslug = 'A b'", "number 1: slug is needed"),
        ("[[partner]]\nslug = 'a'\nlocations = 'x.json'", "'a': name is needed"),
        ("[[partner]]\nslug = 'a'\nname = 'A'", "versions_url is needed"),
        (PLATFORM + "locations = 'x.json'", "keep one"),
        (PLATFORM + PLATFORM, "used 2 times"),
        (PLATFORM + "tokn = 'x'", "unknown key 'tokn'; known are slug, name"),
        (PLATFORM + "version = '2.0'", "version must be one of 2.1, 2.1.1"),
        (PLATFORM + "version = 2.2", "version must be one of"),
        (PLATFORM + "interval = 300", 'must be a time such as "30s"'),
        (PLATFORM + "interval = '0m'", "must be a time"),
        (PLATFORM + "token_encoding = 'rot13'", '"plain" or "base64"'),
        (PLATFORM + "country_code = 'SWE'", "country_code must be 2 letters"),
        (PLATFORM + "allow_hosts = 'a.example'", "list of host names"),
        (PLATFORM + "allow_hosts = ['https://a.example/']", "without https://"),
        (PLATFORM + "allow_hosts = ['user@a.example']", "list of host names"),
        (PLATFORM + "trust_private_network = 'yes'", "true or false"),
        (PLATFORM + "headers = ['a']", "table of header names"),
        (PLATFORM + 'headers = {"X Y" = "a"}', "table of header names"),
        (PLATFORM + "max_feed_mib = 0", "from 1 to 65536"),
        (PLATFORM + "delay = true", "from 0 to 600"),
        (PLATFORM.replace("https:", "http:"), "is http; write https"),
        (PLATFORM.replace("https:", "ftp:"), "starts with https://"),
        (FEED.replace("https:", "file:"), "starts with https://"),
    ],
)
def test_a_mistake_is_named_in_one_line(text, says):
    with pytest.raises(ConfigError) as caught:
        read_partners(text, {"NORDLADD_TOKEN": "s3cret"})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_missing_variable_is_named():
    with pytest.raises(ConfigError, match="NORDLADD_TOKEN, which is not set"):
        read_partners(PLATFORM, {})


def test_an_unusable_token_is_refused_without_being_shown():
    with pytest.raises(ConfigError) as caught:
        read_partners(PLATFORM, {"NORDLADD_TOKEN": "s3cret\r\nX-Evil: 1"})
    assert str(caught.value) == "partner 'nordladd': token must be printable ASCII"


def test_http_is_right_on_a_network_of_ones_own():
    (partner,) = read_partners(
        PLATFORM.replace("https:", "http:") + "trust_private_network = true", {"NORDLADD_TOKEN": "s"}
    )
    assert partner.versions_url == "http://ocpi.nordladd.example/ocpi/versions"
