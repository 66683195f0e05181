"""The regional picture as files: a flat table for CSV, a drawing as SVG, and the drawing as PNG for chat."""

from collections.abc import Iterator
from typing import Final

import typst

from bot.domain.people import Language
from bot.domain.regional import DIMENSIONS, Picture
from bot.dossier.svg import BarRow, Chart, charts
from bot.dossier.tables import Column, Flat, Kind, Row
from bot.dossier.tiles import Square, TileMap
from bot.words.catalogue import Catalogue
from bot.words.regional_words import MARK, RegionalWords, told_rows

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("table", "text"), ("kind", "text"), ("name", "text"), ("from", "text"), ("to", "text"), ("count", "integer"),
    ("told", "yes_no"),
)  # fmt: skip
_PNG: Final = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.drawing), format: "svg")\n'
_MOST_BARS: Final = 10  # of one table; the CSV has them all
_DOTS: Final = 192.0  # per inch, twice those of a screen


def flat(picture: Picture, words: RegionalWords, catalogue: Catalogue, lang: Language) -> Flat:
    """One row for each count: of a stretch of months, and of the year up to where a total is told. An empty count is hidden."""
    columns = tuple(Column(key, catalogue.text(lang, f"picture.column_{key}"), kind) for key, kind in _COLUMNS)
    return Flat("regional-picture", words.title(picture), lang, columns, lambda: _rows(picture, words))


def _rows(picture: Picture, words: RegionalWords) -> Iterator[Row]:
    def month(number: int) -> str:
        return f"{picture.year}-{number:02}"

    about = words.name("domain", picture.domain) if picture.domain else ""
    for stretch in picture.stretches:
        yield "incidents", picture.domain or "", about, month(stretch.first), month(stretch.last), stretch.count, True
    for dimension in DIMENSIONS:
        for kind, row in picture.tables.get(dimension, {}).items():
            name = words.name(dimension, kind)
            for stretch, count in zip(picture.stretches, row.counts, strict=True):
                yield dimension, kind, name, month(stretch.first), month(stretch.last), count, count is not None
            if row.total is not None:
                until = picture.stretches[row.until - 1].last
                yield dimension, kind, name, month(1), month(until), row.total, True
    for municipality, _, place in words.on_map(picture):
        last = place.until if place else picture.stretches[-1].last
        count = place.count if place else None
        yield "municipality", municipality.id, municipality.name, month(1), month(last), count, place is not None


def drawing(picture: Picture, words: RegionalWords, catalogue: Catalogue, lang: Language) -> str:
    """The stretches of the year in their order, and for each table the kinds of which something is told."""
    rows = [BarRow(words.months(one.first, one.last), one.count, str(one.count)) for one in picture.stretches]
    if picture.waiting is not None:
        rows.append(BarRow(words.months(*picture.waiting), None, MARK))
    found = [Chart(catalogue.text(lang, "picture.incidents"), tuple(rows))]
    for dimension in DIMENSIONS:
        rows_of = told_rows(picture, dimension)
        told = tuple(
            BarRow(words.name(dimension, kind), row.total, words.total(picture, row))
            for kind, row in rows_of[: None if picture.alone else _MOST_BARS]
        )
        if told:
            found.append(Chart(words.heading(dimension, len(rows_of) - len(told)), told))
    spoken, notes, places = list(_spoken(found)), words.notes(picture), words.on_map(picture)
    if not places:
        about = catalogue.text(lang, "picture.svg_about", over=" ".join(spoken))
        return charts(words.title(picture), about, found, notes, lang)
    square = [
        Square(
            tile.row,
            tile.column,
            tile.short,
            str(place.count) if place else MARK,
            words.until(place),
            place is not None,
        )
        for _, tile, place in places
    ]
    heading = catalogue.text(lang, "picture.map")
    spoken.append(f"{heading}: " + "; ".join(f"{one.name} {words.place(place)}" for one, _, place in places) + ".")
    about = catalogue.text(lang, "picture.svg_about", over=" ".join(spoken))
    drawn: list[Chart | TileMap] = [*found, TileMap(heading, tuple(square))]
    return charts(words.title(picture), about, drawn, (catalogue.text(lang, "picture.map_note"), *notes), lang)


def _spoken(found: list[Chart]) -> Iterator[str]:
    for chart in found:
        yield f"{chart.heading}: " + "; ".join(f"{row.label} {row.told}" for row in chart.rows) + "."


def png(svg: str) -> bytes:
    """The drawing at twice its size in pixels; the same drawing gives the same bytes."""
    found = typst.compile(_PNG, sys_inputs={"drawing": svg}, format="png", ppi=_DOTS, ignore_system_fonts=True)
    assert isinstance(found, bytes), "one drawing is one page"
    return found
