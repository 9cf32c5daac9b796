import re

import pytest

from finder.ocpi import vocabulary
from finder.pages import words
from finder.stations.status import WORDS
from finder.web.language import LANGUAGES, speaking

# Of codes and their words; CONNECTOR_PAGES leads the other way, from an address to a code.
TABLES = {
    name: table
    for name, table in vars(words).items()
    if name.isupper() and isinstance(table, dict) and name != "CONNECTOR_PAGES"
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_reads_like_an_enum(language):
    with speaking(language):
        for name, table in TABLES.items():
            for code in table:
                said = words.word(table, code)
                assert said, (name, code)
                assert not re.search(r"[A-Z]_|_[A-Z]|[a-z]_", said), (name, code)


def test_every_closed_word_of_the_specification_has_words():
    assert set(vocabulary.STANDARDS) <= words.CONNECTORS.keys()
    assert set(vocabulary.POWER_TYPES) == words.POWER_TYPES.keys()
    assert set(vocabulary.FORMATS) == words.FORMATS.keys()
    assert set(vocabulary.STATUSES) == words.SCHEDULED.keys()
    assert set(WORDS.values()) | {"unknown"} == words.STATUSES.keys()


@pytest.mark.parametrize(("language", "said"), [("sv", "Annan: some new thing"), ("en", "Other: some new thing")])
def test_a_new_word_of_an_open_enum_is_told_as_other(language, said):
    with speaking(language):
        assert words.word(words.FACILITIES, "SOME_NEW_THING") == said
        assert words.connector("SOME_NEW_THING") == said


def test_words_in_a_line_begin_small_but_for_names():
    assert words.in_line(("Mataffär", "Restaurang", "CCS")) == "Mataffär, restaurang, CCS"
