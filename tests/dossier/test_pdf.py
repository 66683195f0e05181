"""The PDF, opened by a reader that is not ours: archive and screen reader marks, attachments, every word, the same bytes."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain.people import Language
from bot.dossier.layout import lay_out
from bot.dossier.one_page import decision_note, sitrep_sheet
from bot.dossier.pdf import Attachment, BrokenTemplate, Form, pdf
from bot.dossier.sheet import Bar, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When
from bot.words.catalogue import Catalogue
from tests.builders import by
from tests.dossier.story import Night
from tests.dossier.test_layout import told

AT = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)
LOG = Attachment("log.jsonl", b'{"a":1}\n\xff', "application/jsonl", "source", "Het logboek")


def sheet(*blocks: Facts | Table | Sentence, lang: Language = "nl") -> Sheet:
    inner = Section("b1", "Besluit 1", (Sentence("binnen"),), own_page=True)
    return Sheet(
        lang=lang, title="Dossier 2026-001", handling="Vertrouwelijk", sections=(Section("a", "Kop", blocks, (inner,)),),
        marks=("OEFENING",), cover=(("Nummer", "2026-001"),), made_from="3 regels", at=AT,
    )  # fmt: skip


def made(laid: Sheet, *attachments: Attachment, form: Form = "dossier") -> bytes:
    found = pdf(laid, attachments, form=form)
    assert isinstance(found, bytes), found
    return found


def words(data: bytes) -> str:
    """What the pages say, read through the character maps of their fonts, without the spaces that typesetting put in."""
    said: list[str] = []
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            maps = {str(name): _characters(font) for name, font in page.Resources.Font.items()}
            known: dict[int, str] = {}
            for instruction in pikepdf.parse_content_stream(page):
                operands, operator = instruction.operands, instruction.operator
                if str(operator) == "Tf":
                    known = maps[str(operands[0])]
                elif str(operator) in ("Tj", "TJ"):
                    parts = operands[0] if str(operator) == "TJ" else [operands[0]]
                    for part in parts:
                        if isinstance(part, pikepdf.String):
                            raw = bytes(part)
                            said += [known.get(int.from_bytes(raw[n : n + 2]), "") for n in range(0, len(raw), 2)]
    return re.sub(r"\s", "", "".join(said))


def _characters(font: pikepdf.Object) -> dict[int, str]:
    text = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(value).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = chr(int(value, 16) + offset)
    return found


def said(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_it_is_what_archives_and_screen_readers_ask_for(lang: Language, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(made(sheet(Sentence("zin"), lang=lang), LOG))
    with pikepdf.open(tmp_path / "x.pdf") as document:
        root = document.Root
        assert str(root.Lang) == lang
        assert bool(root.MarkInfo.Marked)
        assert "/StructTreeRoot" in root
        meta = document.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert meta["dc:title"] == "Dossier 2026-001"
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261122021000")
        (attached,) = document.attachments.values()
        assert attached.get_file().read_bytes() == LOG.data
        (listed,) = root.AF
        assert str(listed.AFRelationship) == "/Source"


def test_every_kind_of_block_and_cell_is_there() -> None:
    cells = ("tekst", Code("#1"), When("22-11-2026 03:10", "2026-11-22T02:10:00Z"), Length("5 min", 300))
    table = Table(
        ("a", "b", "c", "d", "e", "f", "g"),
        ((*cells, Ref("regel 1", "line-1"), Bar("gewist"), ("x", "y")),),
        ids=("line-1",),
    )
    found = words(made(sheet(Facts((("Naam", "waarde"),)), table, Sentence("Een zin."))))
    for one in (
        "OEFENING",
        "Dossier 2026-001",
        "Naam",
        "waarde",
        "Een zin.",
        "tekst",
        "#1",
        "22-11-2026 03:10",
        "5 min",
    ):
        assert said(one) in found
    for one in ("regel 1", "▒▒▒ gewist", "xy", "Besluit 1", "binnen", "3 regels", "blz. 2 van 4"):
        assert said(one) in found


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x24F), min_size=1, max_size=40))
def test_what_people_wrote_is_text_and_never_markup(text: str) -> None:
    whole = f"{text} #foo *vet* $x$ @hier <label> `code` // \\u"
    assert said(whole) in words(made(sheet(Sentence(whole)), form="note"))


def test_what_no_font_shows_is_spelled_out() -> None:
    found = words(made(sheet(Sentence("vuur 🔥 en \x07"))))
    assert said("[U+1F525 FIRE]") in found
    assert said("[U+0007]") in found


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert made(sheet(Sentence("zin")), LOG) == made(sheet(Sentence("zin")), LOG)


def test_a_municipality_may_bring_its_own_template_and_logo(tmp_path: Path) -> None:
    (tmp_path / "dossier.typ").write_text(
        '#import "parts.typ": section, sheet\n#let data = json("data.json")\n#show: it => sheet(data, it)\n'
        '= Gemeente Waterbrug\n#for one in data.sections { section(one, level: 2) }\n'
    )  # fmt: skip
    found = pdf(sheet(Sentence("zin")), own=tmp_path)
    assert isinstance(found, bytes), found
    assert said("Gemeente Waterbrug") in words(found)


@pytest.mark.parametrize(
    ("template", "line"),
    [("= Kop\n#onbekend", 2), ('#import "@preview/x:1.0.0": y', 1), ('#read("/etc/passwd")', 1), ("geen kop", 0)],
)
def test_a_broken_template_makes_no_document_and_says_where(tmp_path: Path, template: str, line: int) -> None:
    (tmp_path / "dossier.typ").write_text(template)
    found = pdf(sheet(Sentence("zin")), own=tmp_path)
    assert isinstance(found, BrokenTemplate)
    assert found.file == "dossier.typ"
    assert found.why
    assert not line or found.line == line


@pytest.mark.parametrize("lang", ["nl", "en"])
async def test_the_night_is_told_whole(night: Night, catalogue: Catalogue, lang: Language) -> None:
    dossier = await told(night, catalogue)
    found = words(made(lay_out(dossier, "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", lang, catalogue)))
    assert all(said(d.text) in found for d in dossier.incident.decisions)
    assert all(said(line.text[lang]) in found for line in dossier.lines)


async def test_a_report_and_a_decision_go_on_one_page(night: Night, catalogue: Catalogue) -> None:
    await night.do(c.ReopenIncident(by=by("coordinator1")))
    dossier = await told(night, catalogue)
    report, note = sitrep_sheet(dossier, "nl", catalogue), decision_note(dossier, "nl", catalogue, 1)
    assert report is not None
    assert note is not None
    for laid, text in ((report, "Het plein is leeg."), (note, "Wij zetten de ME in bij het station.")):
        data = made(laid, form="note")
        assert said(text) in words(data)
        with pikepdf.open(io.BytesIO(data)) as document:
            assert len(document.pages) == 1
    assert sitrep_sheet(dossier, "nl", catalogue, 9) is None
    assert decision_note(dossier, "nl", catalogue, 9) is None


async def test_a_document_without_entries_is_one_as_well(night: Night, catalogue: Catalogue) -> None:
    dossier = replace(await told(night, catalogue), lines=(), facts=())
    assert made(lay_out(dossier, "S2V5", "nl", catalogue))


def test_the_template_in_the_manual_makes_a_document(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "beheer" / "archief.md").read_text("utf-8")
    (template,) = re.findall(r"```typst\n(.*?)```", page, re.DOTALL)
    (tmp_path / "dossier.typ").write_text(template, "utf-8")
    found = pdf(sheet(Sentence("zin")), own=tmp_path)
    assert isinstance(found, bytes), found
    assert said("Gemeente Waterbrug") in words(found)


def test_a_table_of_thousands_of_rows_keeps_every_word_link_bar_and_anchor_without_being_a_table() -> None:
    def rows(count: int) -> Table:
        cells = (
            (Code(f"#{n}"), When(f"03:{n}", ""), f"zin {n}", (), Bar("gewist"), Ref(f"zie {n}", "l-0"))
            for n in range(count)
        )
        return Table(
            ("Regel", "Tijd", "Wat", "Leeg", "Balk", "Zie"), tuple(cells), tuple(f"l-{n}" for n in range(count))
        )

    short, long = made(sheet(rows(1_000))), made(sheet(rows(1_001)))

    assert "THead" in kinds(short)
    assert not {"Table", "TR", "THead"} & kinds(long)
    told = words(long)
    assert said("Regel · Tijd · Wat · Leeg · Balk · Zie") in told
    for n in (0, 500, 1_000):
        assert said(f"#{n} · 03:{n} zin {n} · ▒▒▒ gewist · zie {n}") in told
    with pikepdf.open(io.BytesIO(long)) as document:
        links = sum(1 for page in document.pages for one in page.get("/Annots", ()) if one.Subtype == "/Link")
    assert links >= 1_001  # and those of the contents


def kinds(data: bytes) -> set[str]:
    """The kinds of all tags."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return {
            str(one.S).lstrip("/")
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and "/S" in one and one.get("/Type") in (None, "/StructElem")
        }
