"""What people read of messages that were changed or removed afterwards, of files, and of a room where everything is kept."""

from bot.domain import messages as m
from bot.words import line_words
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.shown import loose, moment

Lines = list[Line]


def source(catalogue: Catalogue, said: m.SourceNote) -> Lines:
    values = {"when": moment(said.at, said.lang), "by": loose(said.by)}
    if said.about is None:
        return [line(f"source.{said.what}", **values)]
    where = line_words.where(catalogue, said.lang, said.about, said.named)
    first = line(f"source.{said.what}_of", where=where, **values)
    quoted = [line("quote", text=loose(said.text))] if said.text else []
    return [first, *quoted, line(f"source.{said.what}_kept")]


def stays(catalogue: Catalogue, said: m.SourceStays) -> Lines:
    where = line_words.where(catalogue, said.lang, said.about, said.named)
    lines = [line(f"stays.{said.what}", number=said.number, where=where), line(f"stays.{said.what}_why")]
    if said.what == "removed":
        return [*lines, line("stays.erase")]
    how = said.about if said.about in ("line", "decision") else "other"
    return [*lines, line(f"stays.how_{how}", number=str(said.named))]


def chat_kept(said: m.ChatKept) -> Lines:
    agreed = line("chat.agreed", municipality=loose(said.municipality))
    return [line("chat.first"), agreed, line("chat.what"), line("chat.care")]


def file(said: m.FileNote) -> Lines:
    name = loose(said.name or "–")
    if said.what == "kept":
        return [line("file.kept", line=str(said.line or 0), name=name)]
    key = "file.lost" if said.line is None else "file.lost_line"
    return [line(key, line=str(said.line or 0), name=name, number=said.number), line(f"file.{said.what}")]
