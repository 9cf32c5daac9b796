"""Three charging partners for the demonstration and the tests: a separate server that imports nothing of the site."""
