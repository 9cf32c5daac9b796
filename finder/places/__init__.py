"""The gazetteer: which municipality and region a point lies in, and what they are called."""

from finder.places.carried import Area
from finder.places.names import Town
from finder.places.points import locate, nearest_town
from finder.places.search import find, genitive, named
from finder.places.tree import area, areas, by_path, by_word, children, neighbours, path, word

__all__ = [
    "Area",
    "Town",
    "area",
    "areas",
    "by_path",
    "by_word",
    "children",
    "find",
    "genitive",
    "locate",
    "named",
    "nearest_town",
    "neighbours",
    "path",
    "word",
]
