"""Files that people shared keep apart in the bundle, under names that every file system takes."""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import entries as e
from bot.domain.ids import EventId, PersonId
from bot.dossier.attachments import attachments, safe_name
from bot.dossier.collect import Dossier, collect, tell
from bot.words.catalogue import Catalogue
from tests.dossier.story import NUMBER, Night

ZERO = b64encode(bytes(32)).decode(), b64encode(bytes(16)).decode()


@given(st.text(st.characters(codec=None), max_size=300))
def test_whatever_it_is_called_there_is_a_name_for_it(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe.encode()) <= 161
    assert safe == safe.rstrip(" .")


async def test_files_that_are_called_alike_stay_two(night: Night, catalogue: Catalogue) -> None:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    dossier = tell(stored, catalogue)
    assert isinstance(dossier, Dossier)
    names = ("Foto.JPG", "foto.jpg", "a" * 100 + "1.png", "a" * 100 + "2.png", "foto.jpg")
    sealed = b"dezelfde"
    opened = Cipher(algorithms.AES(bytes(32)), modes.CTR(bytes(16))).decryptor().update(sealed)
    content = sha256(sealed).hexdigest()
    facts: list[e.Entry] = []
    for number, name in enumerate(names):
        event = EventId(f"$foto{number}")
        facts += (
            e.FileShared(
                message=event, person=PersonId("bakker"), name=name, url="mxc://a.example/b",
                sha256=content, key=ZERO[0], iv=ZERO[1],
            ),
            e.FileKept(
                message=event, content=content, size=len(sealed),
                opened_sha256=sha256(opened).hexdigest(),
            ),
        )  # fmt: skip
    told = replace(dossier, facts=tuple(replace(dossier.facts[0], fact=fact) for fact in facts))
    found = attachments(told, {content: sealed})
    assert len({name.casefold() for name in found}) == len(names)
    assert set(found.values()) == {opened}
