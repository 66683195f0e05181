"""The timeline that evaluators open: complete, in their language, and harmless whatever somebody wrote in the room."""

from html.parser import HTMLParser

import pytest

from bot.domain.people import Language
from bot.dossier.collect import Broken, Dossier, collect, tell
from bot.dossier.html import html
from bot.dossier.layout import lay_out
from bot.dossier.markdown import markdown
from bot.dossier.sheet import Length, Ref, Sheet, Table
from bot.words.catalogue import Catalogue
from tests.dossier.story import NUMBER, Night

SECTIONS = [
    "incident", "summary", "decisions", "timeline", "pages", "steps", "sitreps", "actions", "lines", "duties", "evaluation",
    "aftercare", "people", "proof",
]  # fmt: skip
VOID = {"meta"}


class Page(HTMLParser):
    """Reads a page strictly: every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def dossier(night: Night, catalogue: Catalogue) -> Dossier:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    found = tell(stored, catalogue)
    assert not isinstance(found, Broken)
    return found


async def laid_out(night: Night, catalogue: Catalogue, lang: Language = "nl") -> Sheet:
    return lay_out(await dossier(night, catalogue), "S2V5", lang, catalogue)


def table(sheet: Sheet, section: str) -> Table:
    found = next(s for s in sheet.sections if s.id == section).blocks[0]
    assert isinstance(found, Table)
    return found


async def test_the_timeline_has_a_line_for_every_entry(night: Night, catalogue: Catalogue) -> None:
    found = await dossier(night, catalogue)
    rows = table(await laid_out(night, catalogue), "timeline").rows
    assert len(rows) == found.head.seq + 1
    assert [line.seq for line in found.lines] == list(range(len(rows)))


async def test_people_are_named_from_the_first_line_on(night: Night, catalogue: Catalogue) -> None:
    first = (await dossier(night, catalogue)).lines[0]
    assert first.text["nl"].startswith("Bakker meldt in Waterbrug: „")


async def test_the_lists_say_what_was_decided_and_who_came(night: Night, catalogue: Catalogue) -> None:
    sheet = await laid_out(night, catalogue)
    assert [(row[0], *row[2:]) for row in table(sheet, "decisions").rows] == [
        (Ref("1", "decision-1"), "Wij zetten de ME in bij het station.", "Coordinator1", "bevestigd"),
        (Ref("2", "decision-2"), "Geen noodbevel.", "Coordinator1", "niet bevestigd"),
    ]
    pages = {str(row[0]): row for row in table(sheet, "pages").rows}
    assert pages["Coordinator1"][4:] == (Length("23 s", 23), ("chat: 1",), "komt over 10 min")
    assert pages["Cter1"][4:] == (Length("43 s", 43), ("chat: 1",), "komt")
    assert pages["Cyber1"][6] == "ingetrokken"


@pytest.mark.parametrize("lang", ["nl", "en"])
async def test_a_page_is_sound_and_finds_its_way_to_everybody(
    night: Night, catalogue: Catalogue, lang: Language
) -> None:
    page = Page(html(await laid_out(night, catalogue, lang)))
    assert page.open == []
    assert page.named("html") == [{"lang": lang}]
    assert [len(page.named(tag)) for tag in ("title", "main", "header", "nav", "h1")] == [1, 1, 1, 1, 1]
    assert [section["id"] for section in page.named("section") if section["id"] in SECTIONS] == SECTIONS
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for _, attributes in page.tags:
        assert attributes.get("aria-labelledby") in (*ids, None)
    links = [str(link["href"]) for link in page.named("a")]
    assert links[: len(SECTIONS)] == [f"#{section}" for section in SECTIONS]
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(cell == {"scope": "col"} for cell in page.named("th"))


async def test_what_somebody_wrote_stays_text_on_the_page(night: Night, catalogue: Catalogue) -> None:
    text = html(await laid_out(night, catalogue))
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "nav",
            "main",
            "section",
            "h1",
            "h2",
            "h3",
            "h4",
            "p",
            "ul",
        ),
        *("li", "a", "dl", "dt", "dd", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "time", "code"),
    }
    assert "<script>alert(1)</script> | **vet** omgekeerd [klik](https://kwaad.example)" in "".join(page.text)
    assert "\u202e" not in text
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)


async def test_what_somebody_wrote_stays_text_in_markdown(night: Night, catalogue: Catalogue) -> None:
    sheet = await laid_out(night, catalogue)
    text = markdown(sheet)
    line = next(line for line in text.splitlines() if "omgekeerd" in line)
    assert (
        "\\<script\\>alert(1)\\</script\\> \\| \\*\\*vet\\*\\* omgekeerd \\[klik\\](https:\\/\\/kwaad.example)" in line
    )
    unescaped = line.replace("\\\\", "").replace("\\|", "")
    assert unescaped.count("|") == len(table(sheet, "timeline").header) + 1


async def test_the_two_languages_tell_the_same_night(night: Night, catalogue: Catalogue) -> None:
    dutch, english = await laid_out(night, catalogue), await laid_out(night, catalogue, "en")
    assert [s.id for s in dutch.sections] == [s.id for s in english.sections] == SECTIONS
    for section in ("decisions", "timeline", "pages", "steps", "lines", "people"):
        assert len(table(dutch, section).rows) == len(table(english, section).rows)
    assert dutch.sections[2].heading == "Besluitenlijst"
    assert english.sections[2].heading == "Decisions"
