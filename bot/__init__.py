"""The map of the house.

A log of sealed entries is the state of an incident; everything else translates to or from it.

    domain     pure rules: decide, evolve, announce, timers; standard library only
    logbook    entries as bytes: codec, hash chain, checkpoint, verification
    store      SQL rows            reference   YAML files (contacts, playbooks)
    desk       the one transaction that changes an incident: the one door in
    answers    read-only questions
    matrix web wake deliver dossier embedded   the edges; they do not know each other
    app        the composition root; the only place that reads clock, chance and identity
    cli        the commands of a human at a terminal

Imports point inwards only (checked by import-linter). See docs/architecture.md.
"""
