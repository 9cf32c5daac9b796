"""Templates into text."""

from typing import Any

from flask import current_app


def rendered(template: str, **values: Any) -> str:
    """As Flask's `render_template` without its signals and its own variables, which no template of ours asks for."""
    return current_app.jinja_env.get_template(template).render(values)
