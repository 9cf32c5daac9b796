"""Every text has words in every language, and the words keep the text's variables."""

import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_dir

from finder.web.language import LANGUAGES, LOCALES, catalogue

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
METHODS = [("finder/**.py", "python"), ("templates/**", "jinja2")]
OPTIONS = {"templates/**": {"trimmed": "true", "encoding": "utf-8"}}
VARIABLE = re.compile(r"%\((\w+)\)[sd]|%%")
TRANSLATED = [code for code in LANGUAGES if code != "en"]


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    found = extract_from_dir(
        ROOT,
        METHODS,
        OPTIONS,
        KEYWORDS,
        directory_filter=lambda path: (
            Path(path).name in {ROOT.name, *PARTS} or any(p in Path(path).parts for p in PARTS)
        ),
    )
    for file, line, message, _comments, _context in found:
        yield f"{file}:{line}", message


PARTS = {"finder", "templates"}


def test_texts_are_found_in_code_and_templates() -> None:
    files = {where.rsplit(":", 1)[0] for where, _message in messages()}
    assert "templates/partials/_frame.html" in files
    assert "finder/pages/search.py" in files


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_has_words_in_every_language(code: str) -> None:
    known = {entry.msgid: entry for path in files(code) for entry in polib.pofile(str(path)) if not entry.obsolete}
    missing = []
    for where, message in messages():
        singular = message[0] if isinstance(message, tuple) else message
        entry = known.get(singular)
        if entry is None or not entry.translated():
            missing.append(f"{where} {singular!r}")
        elif isinstance(message, tuple) and (entry.msgid_plural != message[1] or not all(entry.msgstr_plural.values())):
            missing.append(f"{where} {singular!r}: plural")
    assert missing == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_words_keep_the_variables_of_their_text(code: str) -> None:
    wrong = []
    for path in files(code):
        for entry in polib.pofile(str(path)):
            wanted = set(VARIABLE.findall(entry.msgid)) | set(VARIABLE.findall(entry.msgid_plural))
            said = [entry.msgstr, *entry.msgstr_plural.values()]
            wrong += [f"{path.name} {entry.msgid!r}" for text in said if text and set(VARIABLE.findall(text)) - wanted]
            if not entry.msgid_plural and set(VARIABLE.findall(entry.msgstr)) != wanted:
                wrong.append(f"{path.name} {entry.msgid!r}: a variable is lost")
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_catalogue_holds_doubtful_words(code: str) -> None:
    assert [entry.msgid for path in files(code) for entry in polib.pofile(str(path)) if entry.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_plurals_follow_the_language(code: str) -> None:
    rule = LOCALES[code].plural_form
    singular, plural = "%(num)s place", "%(num)s places"
    said = {catalogue(code).ngettext(singular, plural, count) for count in (0, 1, 2, 21)}
    assert len(said) == len({rule(count) for count in (0, 1, 2, 21)})


def files(code: str) -> list[Path]:
    return sorted((ROOT / "translations" / code).glob("*.po"))
