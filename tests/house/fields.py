"""The page of every field in the files that people write, made from the shapes of those files: `python -m tests.house.fields`."""

from collections.abc import Iterator
from typing import Final

from pydantic.fields import FieldInfo

from bot.reference import models
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs" / "beheer" / "velden.md"
INTRODUCTION: Final = """# Velden

Elk veld van de bestanden die mensen schrijven. Gemaakt uit het programma met `python -m tests.house.fields`; een test
houdt deze pagina bij. Hoe je ze gebruikt staat bij de [contacten](../../contacts/README.md) en de
[draaiboeken](../../playbooks/README.md). Een veld dat hier niet staat, wordt geweigerd.
"""


def shapes() -> Iterator[type[models.Shape]]:
    """Every block in a file, in the order of the module."""
    for found in vars(models).values():
        if isinstance(found, type) and issubclass(found, models.Shape) and found is not models.Shape:
            yield found


def fields_page() -> str:
    """The page in Markdown."""
    return "\n".join((INTRODUCTION, *(line for shape in shapes() for line in _section(shape))))


def _section(shape: type[models.Shape]) -> Iterator[str]:
    about = (shape.__doc__ or "").strip().rstrip(".")
    yield f"## {about}\n"
    yield from ("| Veld | Zonder dit veld | Betekenis |", "|---|---|---|")
    for name, field in ((field.alias or name, field) for name, field in shape.model_fields.items()):
        yield f"| `{name}` | {_default(field)} | {field.description or ''} |".replace("|  |", "| |")
    yield ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "verplicht"
    return f"`{field.default}`" if field.default not in (None, [], {}) else "–"


if __name__ == "__main__":
    PAGE.write_text(fields_page(), encoding="utf-8")
