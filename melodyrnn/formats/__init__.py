"""Files and the songs they hold: one row of a table for each format."""
