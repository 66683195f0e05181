"""What stands where a field was erased or withheld: a value that reads as a bar and never decides anything."""


class Erased(str):
    """A text whose opening is gone; it compares as text so that folding goes on (only free text and names can be erased)."""

    __slots__ = ()


ERASED = Erased("▒▒▒")
