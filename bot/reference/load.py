"""Loads all reference data at once: usable as a whole, or broken with every reason."""

import hashlib
from pathlib import Path

from bot.domain.contacts import Reference
from bot.reference.contacts import ContactFiles, read_contacts
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.reference.problems import Broken


def load_reference(contacts_dir: Path, playbooks_dir: Path) -> Reference | Broken:
    """Contacts, playbooks and decision types with one digest over their files; reads the disk, changes nothing."""
    contacts = read_contacts(contacts_dir)
    known = contacts.contacts if isinstance(contacts, ContactFiles) else None
    playbooks = read_playbooks(playbooks_dir, known)
    if isinstance(contacts, ContactFiles) and isinstance(playbooks, PlaybookFiles):
        return Reference(
            contacts=contacts.contacts,
            playbooks=playbooks.playbooks,
            decisions=playbooks.decisions,
            digest=digest(contacts_dir, playbooks_dir),
        )
    problems = [p for found in (contacts, playbooks) if isinstance(found, tuple) for p in found]
    return Broken(tuple(problems))


def digest(contacts_dir: Path, playbooks_dir: Path) -> str:
    """SHA-256 (hex) over the names and bytes of all YAML files of both directories."""
    total = hashlib.sha256()
    for label, directory in (("contacts", contacts_dir), ("playbooks", playbooks_dir)):
        for path in sorted(directory.glob("*.yaml")):
            data = path.read_bytes()
            total.update(f"{label}/{path.name}\0{len(data)}\0".encode())
            total.update(data)
    return total.hexdigest()
