"""The studio: a page in the browser, served by this machine to itself."""
