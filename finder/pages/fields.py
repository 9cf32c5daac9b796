"""Fields of forms, each with its label and, where a value is wrong, the sentence that says what would be right."""

from collections.abc import Iterable, Sequence

from finder.pages.station_charge import Option
from finder.web.drawings import escape

Pairs = Sequence[tuple[str, str]]


def entry(name: str, label: str, value: str, error: str = "", kind: str = "text") -> str:
    """A field to write in; numbers bring up a keyboard of digits."""
    mode = ' inputmode="decimal" autocomplete="off"' if kind == "text" else ""
    marked, sentence = _error(name, error)
    return (
        f'<div class="field{"" if kind == "text" else " wide2"}"><label for="c-{name}">{escape(label)}</label>'
        f'<input id="c-{name}" name="{name}" type="{kind}"{mode} value="{escape(value)}"{marked}>{sentence}</div>'
    )


def choice(name: str, label: str, options: Iterable[Option], error: str = "") -> str:
    made = "".join(
        [
            f'<option value="{escape(each.value)}"{" selected" if each.chosen else ""}>{escape(each.words)}</option>'
            for each in options
        ]
    )
    marked, sentence = _error(name, error)
    return (
        f'<div class="field wide2"><label for="c-{name}">{escape(label)}</label>'
        f'<select id="c-{name}" name="{name}"{marked}>{made}</select>{sentence}</div>'
    )


def hidden(kept: Pairs) -> str:
    """What a form takes along unchanged."""
    return "".join([f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in kept])


def _error(name: str, words: str) -> tuple[str, str]:
    """What marks the field, and the sentence beneath it."""
    if not words:
        return "", ""
    return (
        f' aria-invalid="true" aria-describedby="c-{name}-error"',
        f'<p class="s broken b" id="c-{name}-error">{escape(words)}</p>',
    )
