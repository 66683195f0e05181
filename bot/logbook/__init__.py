"""Entries as bytes: codec, salted commitments, hash chain, checkpoint, bundle and verification; no clock, no chance.

The format is a public promise to third parties: docs/log-format.md.
"""
