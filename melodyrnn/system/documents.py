"""What a JSON document may hold, as a type."""

from collections.abc import Mapping, Sequence

JSON = bool | int | float | str | None | Sequence["JSON"] | Mapping[str, "JSON"]
"""A value that ``json.dumps`` writes."""
