"""README and docs are held to the code: what they name exists, and what exists is named."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from app import create_app
from finder import pages, settings
from finder.api.v1 import KNOWN
from finder.cli import init_app
from finder.ocpi.partner import VERSIONS, Partner, read_partners

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PROSE = re.compile(r"```.*?```", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FLASK = re.compile(r"\bflask ((?:partners |db |tariff )?[a-z]+)")
OPTION = re.compile(r"--[a-z][a-z-]+")
PLACEHOLDER = re.compile(r"<[^>]+>")
FOLDERS = ("finder/", "docs/", "tests/", "templates/", "static/", "translations/", "migrations/", "bench/", "scripts/")


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(
        {"FINDER_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "FINDER_BASE_URL": "https://uttag.example"}
    )


def named(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """Without blocks of code, whose comments and brackets are not Markdown."""
    return PROSE.sub("", document.read_text(encoding="utf-8"))


def spans(text: str) -> set[str]:
    """What stands between backticks."""
    return set(CODE.findall(PROSE.sub("", text)))


# Settings


class Asked(dict[str, str]):
    """An empty environment that remembers which variables were looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return default


def read_settings() -> set[str]:
    environ = Asked()
    settings.read(environ, ROOT)
    return environ.names


def test_readme_has_every_setting_and_no_other() -> None:
    rows = set(re.findall(r"^\| `(FINDER_[A-Z_]+)` \|", README, re.MULTILINE))
    assert rows == read_settings()


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_settings_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert set(re.findall(r"\bFINDER_[A-Z][A-Z_]*", text)) <= read_settings()


# Commands


def commands() -> dict[str, click.Command]:
    """The project's own commands by their full name; Flask's run, shell and routes are Flask's to document."""
    empty = Flask("commands")
    init_app(empty)
    return dict(below("", empty.cli.commands))


def below(prefix: str, group: Mapping[str, click.Command]) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.items():
        if isinstance(command, click.Group):
            yield from below(f"{prefix}{name} ", command.commands)
        else:
            yield prefix + name, command


def described() -> dict[str, str]:
    """README's row of each command."""
    rows = re.findall(r"^\| `flask ([a-z ]+?)(?: [A-Z]+)*` \| (.*) \|$", README, re.MULTILINE)
    return dict(rows)


def test_readme_has_every_command_and_no_other() -> None:
    assert described().keys() == commands().keys()


def test_readme_has_every_option_of_each_command_and_no_other() -> None:
    for name, command in commands().items():
        options = {option for each in command.params if isinstance(each, click.Option) for option in each.opts}
        assert set(OPTION.findall(described()[name])) == options, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_commands_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert set(FLASK.findall(text)) <= commands().keys()


def test_options_of_the_demonstration_exist() -> None:
    parser = (ROOT / "finder" / "demo" / "__main__.py").read_text(encoding="utf-8")
    row = next(line for line in README.split("\n\n") if "python -m finder.demo" in line)
    assert set(OPTION.findall(row)) == set(re.findall(r'"(--[a-z-]+)"', parser))


def test_readme_has_every_target_of_make_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(re.findall(r"`(?:[A-Z]+=\S+ )*make ([a-z]+)\b", README)) == set(phony[1].split())


# Pages and API


def families(app: Flask) -> set[str]:
    """Every address that is answered, with its variables unnamed."""
    return {PLACEHOLDER.sub("<>", rule.rule) for rule in app.url_map.iter_rules()}


def addresses() -> set[str]:
    return {span for span in spans(README) if span.startswith("/")}


def test_readme_has_every_address(app: Flask) -> None:
    known = {PLACEHOLDER.sub("<>", urlsplit(address).path) for address in addresses()}
    assert families(app) - known == set()


@pytest.mark.parametrize("address", sorted(addresses()))
def test_addresses_in_readme_are_answered(app: Flask, address: str) -> None:
    path = PLACEHOLDER.sub("x", urlsplit(address).path)
    try:
        app.url_map.bind("uttag.example").match(path)
    except RequestRedirect:
        pass
    except NotFound:
        pytest.fail(f"README names {address}, which nothing answers")


def test_readme_has_every_kind_of_page_and_no_other() -> None:
    section = README.split("\n## Pages\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z]+)` \|", section, re.MULTILINE)) == set(pages.PAGES)


def test_readme_has_every_parameter_of_the_search() -> None:
    section = README.split("\n## API\n")[1].split("\n## ")[0]
    for parameter in KNOWN:
        assert re.search(rf"`{parameter.name}\b", section), parameter.name


def test_readme_has_every_version_of_ocpi() -> None:
    section = README.split("\n## OCPI\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([\d., ]+) \| ([\d.]+)", section, re.MULTILINE)
    assert {old: new for olds, new in rows for old in olds.split(", ")} == VERSIONS


# Partners


def test_every_key_of_a_partner_is_explained() -> None:
    text = (ROOT / "docs" / "partners.md").read_text(encoding="utf-8")
    keys = [key for row in re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE) for key in CODE.findall(row)]
    assert {key for key in keys if re.fullmatch(r"[a-z_]+", key)} == set(Partner.__struct_fields__)


def test_the_example_of_partners_is_read() -> None:
    text = (ROOT / "partners.example.toml").read_text(encoding="utf-8")
    found = read_partners(text, {})
    assert {"ndw", "via-lietuva", "char-gy"} <= {partner.slug for partner in found}
    assert all(partner.version for partner in found if not partner.slug.startswith("chargecloud"))
    assert not any(partner.token or partner.headers or partner.trust_private_network for partner in found)


def test_the_partners_that_the_example_leaves_out_could_be_read() -> None:
    text = (ROOT / "partners.example.toml").read_text(encoding="utf-8")
    whole = re.sub(r"^# (?=\[\[partner\]\]|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    assert len(read_partners(whole, {"NORDLADD_TOKEN": "secret"})) > len(read_partners(text, {}))


@pytest.mark.parametrize("block", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_the_partners_of_readme_are_read(block: str) -> None:
    (partner,) = read_partners(block, {"NORDLADD_TOKEN": "secret"})
    assert partner.name


# Links and records


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_inside_the_project_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(prose(document)):
        if urlsplit(target).scheme:
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def anchors(document: Path) -> set[str]:
    """The headings as GitHub addresses them."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "NOTICE"], ids=named)
def test_files_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    words = spans(text) if document.suffix == ".md" else set(re.findall(r"[\w./-]+", text))
    for name in words:
        if name.startswith(FOLDERS) and re.fullmatch(r"[\w./-]+", name):
            assert (ROOT / name.rstrip(".")).exists(), name


@pytest.mark.parametrize("record", DECISIONS, ids=named)
def test_a_decision_says_context_decision_and_consequences(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert len(text.splitlines()) < 40


def test_pictures_in_docs_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size >= 150_000] == []


def test_the_changelog_has_the_version_of_the_project() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[?([^\]\s]+)", changelog, re.MULTILINE)[:2] == ["Unreleased", version[1]]


# Licences


def test_data_and_typeface_have_their_licences_beside_them() -> None:
    places = (ROOT / "finder" / "places" / "data" / "LICENCES.txt").read_text(encoding="utf-8")
    countries = (ROOT / "finder" / "ocpi" / "countries-LICENCE.txt").read_text(encoding="utf-8")
    for source in ("GeoNames", "Statistics Sweden", "Natural Earth", "UNICODE LICENSE V3"):
        assert source in places
    assert "UNICODE LICENSE V3" in countries
    assert "SIL OPEN FONT LICENSE" in (ROOT / "static" / "instrument-sans-OFL.txt").read_text(encoding="utf-8")


def test_notice_names_every_source_of_the_gazetteer() -> None:
    script = (ROOT / "scripts" / "build_places.py").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8").casefold()
    listed = re.findall(r"^- ([a-z-]+) ([\d.]+) \(", script, re.MULTILINE)
    assert len(listed) >= 5
    assert [name for name, version in listed if f"{name} {version}" not in notice] == []
