"""The gazetteer: which municipality and region a point lies in, and what they are called."""
