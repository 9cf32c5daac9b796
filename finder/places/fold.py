"""One spelling for a name however it is typed: lower case, no rings, dots or strokes, words apart by one space."""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ə": "e",
    }
)
# What Unicode takes apart into a letter of ASCII and marks, done at once: most names have nothing else.
_ACCENTED = {
    code: apart[0]
    for code in range(0xC0, 0x250)
    if (apart := unicodedata.normalize("NFKD", chr(code)))[0].isascii() and all(map(unicodedata.combining, apart[1:]))
}
_QUICK = _ACCENTED | _LETTERS
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The text's search form: "Åre" and "ARE" are "are", "Saint-Étienne" is "saint etienne"."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.lower()).strip()
    lower = text.casefold().replace("’", "'")
    quick = lower.translate(_QUICK)
    if quick.isascii():
        return _NOT_WORD.sub(" ", quick).strip()
    apart = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare.translate(_LETTERS)).strip()
