"""Holds a document against its shape, and turns each complaint of pydantic into a problem with its place."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.domain.playbook import Both
from bot.reference.fields import guess
from bot.reference.problems import Problem
from bot.reference.wording import GOT, knows, say
from bot.reference.yaml_source import Document

Model = TypeVar("Model", bound=BaseModel)


def shaped(document: Document, model: type[Model]) -> Model | tuple[Problem, ...]:
    """The document as `model`, or everything that does not fit."""
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False)
    return tuple(_problem(document, model, detail) for detail in details)


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path = detail["loc"]
    kind = detail["type"]
    context: Mapping[str, object] = detail.get("ctx", {})
    value = detail["input"]
    got = GOT.get(type(value).__name__, GOT["str"])
    place = document.place(*path)
    match kind:
        case "string_type" if isinstance(value, int | float) and not isinstance(value, bool):
            message = say("number_for_text")
        case "missing" if path[-1] == "en":
            message = say("english_missing")
        case "missing":
            message = say(kind, field=path[-1])
        case "extra_forbidden":
            place = document.key_place(*path)
            near = guess(str(path[-1]), _fields_at(model, path[:-1]))
            message = say("extra_guess", field=path[-1], guess=near) if near else say(kind, field=path[-1])
        case "string_too_long":
            message = say(kind, length=len(str(value)), **context)
        case "string_too_short" if path[-1] == "en":
            message = say("english_missing")
        case "literal_error":
            choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            message = say(kind, value=value, choices=Both(choices, choices))
        case _ if knows(kind):
            message = say(kind, **{"value": value, "got": got, **context})
        case _:
            message = say("not_in", value=value)
    if path and path[-1] == "[key]":
        place = document.key_place(*path[:-1])
    return Problem(document.path, place.line, place.column, message)


def _fields_at(model: type[BaseModel], path: tuple[int | str, ...]) -> tuple[str, ...]:
    """The names that a block at `path` may have, for guessing what a misspelt one was meant to be."""
    for part in path:
        if isinstance(part, int):
            continue
        inner = _models_in(model.model_fields[part].annotation) if part in model.model_fields else []
        if not inner:
            return ()
        model = inner[0]
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]
