"""Alembic's steps from one schema to the next; run by bot.store.migrate, written by hand."""
