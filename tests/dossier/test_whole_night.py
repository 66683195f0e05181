"""The night with everything in it, read back: every section in both languages, every decision as its opening says it."""

import json
import re
from collections.abc import Iterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import entries as e
from bot.domain.people import Language
from bot.domain.sitreps import PARTS
from bot.dossier.collect import Broken, Dossier, Stored, collect, open_part_of, tell
from bot.dossier.held import holdings
from bot.dossier.html import html
from bot.dossier.layout import lay_out
from bot.dossier.markdown import markdown
from bot.dossier.pdf import pdf
from bot.dossier.sheet import Bar, Facts, Ref, Section, Sheet, Table
from bot.words.catalogue import LANGUAGES, Catalogue
from tests.dossier.story import NUMBER
from tests.dossier.test_layout import sections, texts
from tests.dossier.test_timeline import Page
from tests.dossier.whole_night import ERASED_WORDS, OF_CIRCLE, REASONS, told_whole

KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
Whole = tuple[Stored, Dossier]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def whole(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Whole:
    async with told_whole(tmp_path_factory.mktemp("whole") / "bot.db") as night:
        stored = await collect(night.database, NUMBER)
    assert stored is not None
    dossier = tell(stored, catalogue)
    assert not isinstance(dossier, Broken)
    return stored, dossier


def sheet_of(whole: Whole, catalogue: Catalogue, lang: Language = "nl") -> Sheet:
    return lay_out(whole[1], KEY, lang, catalogue)


def rows(section: Section) -> tuple[tuple[object, ...], ...]:
    found = next(block for block in section.blocks if isinstance(block, Table))
    return found.rows


def flat(text: str) -> str:
    return " ".join(text.split())


def said(section: Section) -> str:
    return flat(" ".join(texts(section)))


def openings(stored: Stored, kind: str, field: str) -> Iterator[tuple[int, str]]:
    """The texts of a kind of entry as `openings.jsonl` has them, with the number of the decision that they belong to."""
    pres = [json.loads(opening.pre) for opening in stored.openings]
    values = {(seq, name): value for _, seq, name, value in pres}
    for seq, raw in enumerate(stored.raws):
        if json.loads(raw)["type"] == kind and values[seq, field]:
            yield values[seq, "decision"], values[seq, field]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_decision_reads_as_its_opening(whole: Whole, catalogue: Catalogue, lang: Language) -> None:
    found = sections(sheet_of(whole, catalogue, lang))
    told = [
        pair
        for kind, field in (
            ("decision.recorded", "text"), ("decision.changed", "text"), ("reason.given", "text"), ("decision.withdrawn", "reason"),
        )
        for pair in openings(whole[0], kind, field)
    ]  # fmt: skip
    assert len(told) == 4 + 1 + len(REASONS) + 1
    for number, text in told:
        assert flat(text) in said(found[f"decision-{number}"])
    for text in REASONS.values():
        assert all(line in texts(found["decision-3"]) for line in text.splitlines())


def test_a_decision_shows_who_took_it_and_points_to_its_lines(whole: Whole, catalogue: Catalogue) -> None:
    sheet = sheet_of(whole, catalogue)
    found = sections(sheet)
    facts = found["decision-3"].blocks[0]
    assert isinstance(facts, Facts)
    shown = dict(facts.rows)
    assert shown["Genomen door"] == "Vos (burgemeester, in eigen naam)"
    assert (shown["Tweede paar ogen"], shown["Vervangt"]) == ("Bakker", Ref("Besluit 2", "decision-2"))
    seqs = {one.fact.line: one.seq for one in whole[1].facts if isinstance(one.fact, e.LineRecorded)}
    asked = found["decision-3-feiten"].blocks[0]
    assert isinstance(asked, Facts)
    assert dict(asked.rows)["Wijst naar"] == tuple(Ref(f"regel {one}", f"line-{seqs[one]}") for one in (1, 3))
    assert [row[0] for row in rows(found["decision-4-course"])] == [
        Ref(f"#{one.seq}", f"line-{one.seq}") for one in whole[1].facts
        if isinstance(one.fact, e.DecisionRecorded | e.DecisionChanged | e.DecisionWithdrawn) and one.fact.decision == 4
    ]  # fmt: skip


def test_the_summary_counts_what_holds(whole: Whole, catalogue: Catalogue) -> None:
    facts = sections(sheet_of(whole, catalogue))["summary"].blocks[0]
    assert isinstance(facts, Facts)
    shown = dict(facts.rows)
    assert shown["Besluitenlijst"] == "4 vastgelegd; 1 van 2 die gelden zijn compleet"
    assert shown["Actielijst"] == "1 van 3 klaar"
    assert [ref.text for ref in shown["Nog open vragen, aannames en meldingen"]] == ["regel 3", "regel 6", "regel 10"]  # type: ignore[union-attr]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_link_of_a_page_leads_somewhere(whole: Whole, catalogue: Catalogue, lang: Language) -> None:
    opened = open_part_of(*whole)[1]
    for dossier in (whole[1], opened):
        page = Page(html(lay_out(dossier, KEY, lang, catalogue)))
        ids = {str(attributes["id"]) for _, attributes in page.tags if "id" in attributes}
        assert {str(link["href"]).removeprefix("#") for link in page.named("a")} <= ids
        assert len(page.named("caption")) == len(page.named("table")) > 10


def test_what_was_erased_is_a_bar_wherever_it_stood(whole: Whole, catalogue: Catalogue) -> None:
    sheet = sheet_of(whole, catalogue)
    found = sections(sheet)
    seq = next(one.seq for one in whole[1].facts if isinstance(one.fact, e.LineRecorded))
    assert rows(found["timeline"])[seq][3] == ("Feit 1 (Bakker): „[…]”", Bar("gewist"))
    assert rows(found["lines"])[0][3] == (Bar("gewist"),)
    assert ERASED_WORDS not in html(sheet) + markdown(sheet)


def test_lines_stand_by_kind_with_what_became_of_them(whole: Whole, catalogue: Catalogue) -> None:
    found = rows(sections(sheet_of(whole, catalogue))["lines"])
    kinds = [row[2] for row in found]
    assert kinds == sorted(kinds, key=kinds.index)  # each kind in one piece
    became = {str(row[3]): row[5] for row in found}
    settled = next(value for text, value in became.items() if "Het plein loopt leeg." in text)
    assert settled[:2] == ("weerlegd", "Het liep vol.")  # type: ignore[index]
    notice = next(row for row in found if row[2] == "Externe melding")
    assert notice[3] == ("Dit is een externe_melding.", "Platform Kletser", "K-77")


def test_who_had_which_task_and_role_until_when(whole: Whole, catalogue: Catalogue) -> None:
    dossier = whole[1]
    found = [(one.what, one.person, one.until) for one in holdings(dossier)]
    roles = [(what, person) for what, person, until in found if until == dossier.incident.closed_at]
    assert roles == [("coordinator", "coordinator1"), ("expert_cyber", "cyber1"), ("expert_cter", "cter1")]
    first, second = (one for one in holdings(dossier) if one.kind == "duty")
    assert (first.person, second.person, first.until) == ("cyber1", "cter1", second.since)
    assert second.until is not None  # laid down before the end
    shown = sections(sheet_of(whole, catalogue))
    assert len(rows(shown["duties"])) + len(rows(shown["held-roles"])) == len(holdings(dossier))


def test_a_report_stands_part_by_part(whole: Whole, catalogue: Catalogue) -> None:
    told = texts(sections(sheet_of(whole, catalogue))["sitrep-1"])
    assert [f"Over {part}: rustig." for part in PARTS] == told[1:]


def test_a_step_says_how_it_went_otherwise(whole: Whole, catalogue: Catalogue) -> None:
    step = next(row for row in rows(sections(sheet_of(whole, catalogue))["steps"]) if row[0] == "BA03")
    assert [getattr(one, "text", one) for one in step[7]] == ["42 min 23 s te laat", "heropend (1 keer)"]  # type: ignore[attr-defined]


def test_the_closing_words_and_the_points_to_improve_are_told(whole: Whole, catalogue: Catalogue) -> None:
    assert {"De rest doet de dagdienst.", "Eerder de school bellen"} <= set(
        texts(sections(sheet_of(whole, catalogue))["aftercare"])
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_open_part_says_nothing_of_the_circle(whole: Whole, catalogue: Catalogue, lang: Language) -> None:
    assert OF_CIRCLE in html(lay_out(whole[1], KEY, lang, catalogue))
    assert OF_CIRCLE not in html(lay_out(open_part_of(*whole)[1], KEY, lang, catalogue))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_ours_is_there_and_the_sheet_becomes_a_pdf(
    whole: Whole, catalogue: Catalogue, lang: Language
) -> None:
    sheet = sheet_of(whole, catalogue, lang)
    headings = [one.heading for one in sections(sheet).values()]
    assert all(headings)
    assert not re.search(r"\{\w+\}", html(sheet).partition("</head>")[2])  # no value was forgotten
    assert isinstance(pdf(sheet), bytes)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mark=st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()))
def test_a_mark_means_nothing_to_the_style_of_a_page(catalogue: Catalogue, whole: Whole, mark: str) -> None:
    sheet = sheet_of(whole, catalogue)
    page = html(Sheet(sheet.lang, "t", "h", (), marks=(mark,)))
    style = page[page.index("@top-right") : page.index("</style>")]
    content = style[style.index('"') + 1 : style.rindex('"')]
    assert "".join(chr(int(one, 16)) for one in content.replace("\\", "").split()) == mark.upper()
