"""The sequence lessons: small exact systems, one short file each, all on the same parts."""
