from pathlib import Path

import pytest

from finder.settings import SettingError, read

HOME = Path("/srv/finder")


def test_without_any_setting_it_runs_on_sqlite_beside_the_code() -> None:
    said = read({}, HOME)

    assert said.database_url == said.database_read_url == "sqlite:////srv/finder/instance/finder.db"
    assert said.partners == HOME / "partners.toml"
    assert said.base_url == "http://127.0.0.1:8000"


def test_an_empty_setting_is_none() -> None:
    assert read({"FINDER_BASE_URL": " ", "FINDER_PARTNERS": ""}, HOME) == read({}, HOME)


def test_pages_may_read_from_a_replica() -> None:
    said = read(
        {
            "FINDER_DATABASE_URL": "postgresql+psycopg://main/finder",
            "FINDER_DATABASE_READ_URL": "postgresql://replica/finder",
        },
        HOME,
    )

    assert (said.database_url, said.database_read_url) == (
        "postgresql+psycopg://main/finder",
        "postgresql://replica/finder",
    )


def test_a_path_may_be_whole_or_beside_the_code() -> None:
    assert read({"FINDER_PARTNERS": "/etc/finder.toml"}, HOME).partners == Path("/etc/finder.toml")
    assert read({"FINDER_PARTNERS": "mine.toml"}, HOME).partners == HOME / "mine.toml"


def test_an_origin_has_no_slash_at_its_end() -> None:
    assert read({"FINDER_BASE_URL": "https://uttag.example/"}, HOME).base_url == "https://uttag.example"


@pytest.mark.parametrize(
    "value", ["uttag.example", "ftp://x", "https://", "https://x/sv", "https://x?a=1", "http://x:99999", "http://[x"]
)
def test_an_address_that_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match=r"^FINDER_BASE_URL: .* right would be https://uttag.example$"):
        read({"FINDER_BASE_URL": value}, HOME)


@pytest.mark.parametrize(
    "value", ["x", "mysql://u:secret@h/d", "postgresql+nope://u:secret@h/d", "postgresql://u:secret@h:p/d"]
)
def test_a_database_it_does_not_run_on_is_refused_without_its_password(value: str) -> None:
    with pytest.raises(SettingError, match=r"^FINDER_DATABASE_URL: .* right would be sqlite:///path") as refused:
        read({"FINDER_DATABASE_URL": value}, HOME)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("value", ["https://tiles.example/style.json", "http://127.0.0.1:8080/{z}/{x}/{y}.png?key=1"])
def test_a_map_with_streets_has_an_address(value: str) -> None:
    assert read({}, HOME).tiles_url is None
    assert read({"FINDER_TILES_URL": value}, HOME).tiles_url == value


@pytest.mark.parametrize(
    "value",
    [
        "tiles.example",
        "ftp://x/{z}",
        "https://",
        "http://x:99999/",
        "http://[x",
        "https://x; script-src *",
        "https://me:word@x/style.json",
        "https://å.example/{z}",
    ],
)
def test_what_is_no_address_of_a_map_is_refused(value: str) -> None:
    with pytest.raises(
        SettingError, match=r"^FINDER_TILES_URL: .* right would be https://tiles.example/style.json or "
    ):
        read({"FINDER_TILES_URL": value}, HOME)


def test_pages_take_64_megabytes_unless_it_is_said_otherwise() -> None:
    assert read({}, HOME).page_cache_mb == 64
    assert read({"FINDER_PAGE_CACHE_MB": "0"}, HOME).page_cache_mb == 0


@pytest.mark.parametrize("value", ["-1", "1.5", "64 MB", "٦٤", "1" * 7])
def test_what_is_no_size_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match=r"^FINDER_PAGE_CACHE_MB: .* right would be 64, or 0 to keep nothing$"):
        read({"FINDER_PAGE_CACHE_MB": value}, HOME)


def test_those_who_gather_texts_for_language_models_are_let_in_unless_it_says_otherwise() -> None:
    assert read({}, HOME).ai_crawlers
    assert not read({"FINDER_AI_CRAWLERS": "refuse"}, HOME).ai_crawlers
    with pytest.raises(SettingError, match=r"^FINDER_AI_CRAWLERS: 'no' is neither; right would be allow or refuse$"):
        read({"FINDER_AI_CRAWLERS": "no"}, HOME)


@pytest.mark.parametrize("value", ["short", "x" * 129, "nyckel med mellanslag", "nyckelå-123"])
def test_a_key_that_search_engines_would_refuse_is_refused(value: str) -> None:
    with pytest.raises(
        SettingError, match=r"^FINDER_INDEXNOW_KEY: .* right would be 8 to 128 letters, digits or hyphens$"
    ):
        read({"FINDER_INDEXNOW_KEY": value}, HOME)


def test_search_engines_are_told_only_where_there_is_a_key() -> None:
    assert read({}, HOME).indexnow_key is None
    assert read({"FINDER_INDEXNOW_KEY": "0123456789abcdef"}, HOME).indexnow_key == "0123456789abcdef"
    with pytest.raises(SettingError, match=r"^FINDER_INDEXNOW_URL: 'indexnow' is no address; right would be https://"):
        read({"FINDER_INDEXNOW_URL": "indexnow"}, HOME)
