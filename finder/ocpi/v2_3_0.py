"""OCPI 2.3.0: the common words. Older words in it are read as the older versions', for partners mix them."""

from finder.ocpi.v2_2_1 import connector, location, price_limit

__all__ = ["connector", "location", "price_limit"]
