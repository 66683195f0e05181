"""The time stamp that travels in a bundle, as far as the log itself can judge it: whether what was stamped is how the log began."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.logbook.bundle import NOTE, STAMP, STAMPED
from bot.logbook.checkpoint import stated
from bot.logbook.merkle import frontier_of
from bot.logbook.verify import Broken, Verified


@dataclass(frozen=True, slots=True)
class Stamped:
    """`answer` (RFC 3161, DER) claims to be on `note`, which fits the first `size` entries; who signed it is not judged here."""

    note: bytes
    answer: bytes
    size: int


def stamped(files: Mapping[str, bytes], found: Verified) -> Stamped | Broken | None:
    """The stamp in the files of a bundle that was verified; None when there is none."""
    if STAMP not in files:
        return None
    name = STAMPED if STAMPED in files else NOTE
    try:
        origin, size, root = stated(files[name])
    except ValueError as wrong:
        return Broken(name, str(wrong))
    begun = found.entries[:size]
    if (origin, size, root) != (found.origin, len(begun), frontier_of(entry.raw for entry in begun).root()):
        return Broken(name, "does not match the entries")
    return Stamped(files[name], files[STAMP], size)
