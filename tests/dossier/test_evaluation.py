"""The evaluation in a dossier: a table for each theme, and the same numbers as JSON."""

import json
from datetime import timedelta

from bot.domain import commands as c
from bot.domain.themes import THEME_OF, THEMES, Score, Theme
from bot.dossier.collect import Dossier, collect, tell
from bot.dossier.evaluation import evaluation_json, evaluation_section, measured
from bot.dossier.sheet import Length, Ref, Table
from bot.words.catalogue import LANGUAGES, Catalogue
from tests.builders import NIGHT, by
from tests.dossier.story import NUMBER, Night


async def dossier_of(night: Night, catalogue: Catalogue) -> Dossier:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    told = tell(stored, catalogue)
    assert isinstance(told, Dossier)
    return told


async def test_each_theme_has_its_table_in_both_languages(night: Night, catalogue: Catalogue) -> None:
    dossier = await dossier_of(night, catalogue)
    for lang in LANGUAGES:
        section = evaluation_section(dossier, lang, catalogue)
        names = [one.id.removeprefix("evaluation-") for one in section.sections]
        assert names == [theme for theme in THEMES if theme in {THEME_OF[one.id] for one in measured(dossier)}]
        tables = [block for one in section.sections for block in one.blocks if isinstance(block, Table)]
        assert sum(len(table.rows) for table in tables) == len(measured(dossier))
        assert {len(row) for table in tables for row in table.rows} == {4}
    section = evaluation_section(dossier, "nl", catalogue)
    alarm = section.sections[0].blocks[0]
    assert isinstance(alarm, Table)
    assert alarm.header == ("Wat", "Waarde", "Doel", "Uitkomst")
    assert alarm.rows[0] == ("Van alarm tot bevestiging door de coördinator", Length("0:23", 23), "5:00", "gehaald")
    picture = section.sections[1].blocks[0]
    assert isinstance(picture, Table)
    assert picture.rows[0][1:] == (Length("38:43", 2323), "30:00", "niet gehaald")


async def test_the_json_holds_the_same_numbers_and_is_the_same_twice(night: Night, catalogue: Catalogue) -> None:
    dossier = await dossier_of(night, catalogue)
    data = evaluation_json(dossier)
    assert data == evaluation_json(await dossier_of(night, catalogue))
    told = json.loads(data)
    assert (told["format"], told["incident"]) == ("iogplus-evaluation/1", NUMBER)
    assert [(one["id"], one["value"]) for one in told["indicators"]] == [(x.id, x.value) for x in measured(dossier)]
    assert [one["theme"] for one in told["indicators"]] == [THEME_OF[x.id] for x in measured(dossier)]


async def test_scores_of_observers_stand_by_their_theme_without_a_name(night: Night, catalogue: Catalogue) -> None:
    night.now = NIGHT + timedelta(hours=2)
    given: tuple[tuple[Theme, Score, tuple[int, ...]], ...] = (
        ("resultaat", "nvt", ()), ("beeldvorming", "--", (1,)), ("beeldvorming", "+", (1,)),
    )  # fmt: skip
    for theme, score, lines in given:
        await night.do(c.RecordObservation(theme=theme, score=score, lines=lines, by=by("coordinator1")), minutes=1)
    dossier = await dossier_of(night, catalogue)
    section = evaluation_section(dossier, "nl", catalogue)
    found = {one.id: one.blocks[-1] for one in section.sections}
    picture, result = found["evaluation-beeldvorming"], found["evaluation-resultaat"]
    assert isinstance(picture, Table)
    assert isinstance(result, Table)
    seq = next(line.seq for line in dossier.lines if "Feit" in line.text["nl"] or "feit" in line.text["nl"])
    assert (picture.header, picture.rows) == (("Score", "Regels"), (("+", (Ref("1", f"line-{seq}"),)),))
    assert result.rows == (("n.v.t.", ""),)
    told = json.loads(evaluation_json(dossier))["observations"]
    assert told == [
        {"theme": "beeldvorming", "score": "+", "lines": [1]},
        {"theme": "resultaat", "score": "nvt", "lines": []},
    ]
