"""Vectors after noise: what the store keeps, unclipped and unrounded, so that a release can be sharpened later.

It is not the public document.  Rules: whole numbers only; the order is that of the plan's vectors and cells; bytes are
canonical JSON and are read back exactly.
"""

from dataclasses import dataclass
from typing import Any

from agreements import canonical
from hub.privacy.errors import DocumentError

SCHEMA = "hub.noisy/1"


@dataclass(frozen=True, slots=True)
class NoisyVectors:
    """Noisy whole numbers: `values[i]` are those of the vector `names[i]`, drawn at `scales[i]`."""

    names: tuple[str, ...]
    scales: tuple[float, ...]
    values: tuple[tuple[int, ...], ...]

    def of(self, name: str) -> tuple[int, ...]:
        """The noisy numbers of one vector, in the order of the cells."""
        return self.values[self.names.index(name)]

    def to_bytes(self) -> bytes:
        """Canonical bytes; numbers are text because they may exceed 2^53."""
        entries = [
            {"name": name, "scale": repr(scale), "values": " ".join(map(str, values))}
            for name, scale, values in zip(self.names, self.scales, self.values, strict=True)
        ]
        return canonical.encode({"schema": SCHEMA, "vectors": entries})

    @classmethod
    def from_bytes(cls, data: bytes) -> "NoisyVectors":
        """Read what `to_bytes` wrote; anything else is refused."""
        try:
            document: Any = canonical.decode(data)
            entries = document["vectors"]
            read = cls(
                tuple(str(entry["name"]) for entry in entries),
                tuple(float(entry["scale"]) for entry in entries),
                tuple(tuple(map(int, entry["values"].split())) for entry in entries),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DocumentError("these bytes are no noisy vectors") from error
        if read.to_bytes() != data:
            raise DocumentError("these bytes are no noisy vectors of schema hub.noisy/1")
        return read
