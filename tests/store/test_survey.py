"""Answers to a survey are kept by person until it is over, given without a person, and then forgotten."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, PersonId
from bot.domain.survey import Answered
from bot.store import survey
from bot.store.survey import SurveyRow

ONE, OTHER = IncidentId("i1"), IncidentId("i2")


async def test_the_last_answer_counts_and_whose_it_is_is_not_told(conn: AsyncConnection) -> None:
    anna = SurveyRow(ONE, PersonId("anna"), asked=2, reached=4)
    await survey.write(conn, anna)
    await survey.write(conn, replace(anna, asked=3, worked=5, remark="eerder bellen"))
    await survey.write(conn, SurveyRow(ONE, PersonId("bram"), asked=0))
    await survey.write(conn, SurveyRow(OTHER, PersonId("anna"), reached=1))
    assert await survey.get(conn, ONE, PersonId("anna")) == replace(anna, asked=3, worked=5, remark="eerder bellen")
    assert await survey.get(conn, ONE, PersonId("carla")) is None
    told = await survey.answers(conn, ONE)
    assert sorted(told, key=repr) == sorted([Answered(4, 5, "eerder bellen"), Answered()], key=repr)


async def test_when_it_is_over_nothing_of_it_stays(conn: AsyncConnection) -> None:
    await survey.write(conn, SurveyRow(ONE, PersonId("anna"), reached=4))
    await survey.write(conn, SurveyRow(OTHER, PersonId("anna"), reached=1))
    await survey.forget(conn, ONE)
    assert await survey.answers(conn, ONE) == []
    assert await survey.answers(conn, OTHER) == [Answered(1)]
