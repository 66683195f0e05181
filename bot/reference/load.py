"""Loads all reference data at once: usable as a whole, or broken with every reason."""

import hashlib
from pathlib import Path

from bot.domain.contacts import Reference
from bot.reference.cards import CardFiles, read_cards
from bot.reference.contacts import ContactFiles, read_contacts
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.reference.problems import Broken


def load_reference(contacts_dir: Path, playbooks_dir: Path) -> Reference | Broken:
    """Contacts, playbooks, decision types and cards with one digest over their files; reads the disk, changes nothing."""
    contacts = read_contacts(contacts_dir)
    playbooks = read_playbooks(playbooks_dir, contacts.contacts if isinstance(contacts, ContactFiles) else None)
    cards = read_cards(playbooks_dir, playbooks.decisions if isinstance(playbooks, PlaybookFiles) else None)
    if isinstance(contacts, ContactFiles) and isinstance(playbooks, PlaybookFiles) and isinstance(cards, CardFiles):
        return Reference(
            contacts=contacts.contacts,
            playbooks=playbooks.playbooks,
            decisions=playbooks.decisions,
            digest=_digest(contacts, playbooks, cards),
            handbook=cards.handbook,
        )
    return Broken(tuple(p for found in (contacts, playbooks, cards) if isinstance(found, tuple) for p in found))


def _digest(contacts: ContactFiles, playbooks: PlaybookFiles, cards: CardFiles) -> str:
    """SHA-256 (hex) over the sorted lines `hash directory/file`, as `sha256sum` would print them."""
    lines = sorted(
        f"{document.sha256}  {label}/{Path(document.path).name}\n"
        for label, files in (("contacts", contacts), ("playbooks", playbooks), ("playbooks", cards))
        for document in files.documents
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
