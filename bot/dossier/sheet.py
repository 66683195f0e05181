"""A dossier laid out for reading, before it becomes HTML, Markdown, PDF or Word: sections of facts, tables and sentences."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Language


@dataclass(frozen=True, slots=True)
class Code:
    """A hash, key or name of a log: to be compared, not to be read."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment: `text` is local time, `iso` the same instant for machines."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long something took: whole seconds, and the words for it."""

    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Ref:
    """Points to a place in the same document: `id` is that of a section, or `line-N` for the line of the timeline with seq N."""

    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Here stands something that was erased or withheld; `ground` says why, in words."""

    ground: str


Cell = (
    str | Code | When | Length | Ref | Bar | tuple["Cell", ...]
)  # a tuple: one after the other, each on a line of its own


@dataclass(frozen=True, slots=True)
class Facts:
    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`ids` names rows that something points to, by their index."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ids: tuple[str, ...] = ()  # of every row, or of none


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str


Block = Facts | Table | Sentence


@dataclass(frozen=True, slots=True)
class Section:
    """`id` is the same in every language, so that a link to it stays good; `own_page`: begins on a page of its own."""

    id: str
    heading: str
    blocks: tuple[Block, ...]
    sections: tuple["Section", ...] = ()
    own_page: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """`marks` are shown on every page: EXERCISE, the confidentiality; `cover` is what stands on the first page."""

    lang: Language
    title: str
    handling: str
    sections: tuple[Section, ...]
    marks: tuple[str, ...] = ()
    cover: tuple[tuple[str, Cell], ...] = ()
    made_from: str = ""  # the hash of the last entry, and how many there are: the version of this document
    at: datetime | None = None  # of the last entry: the only date that a document of it may carry (UTC)
