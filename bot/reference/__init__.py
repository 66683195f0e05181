"""The reference data: contacts and playbooks as people write them in YAML, and every mistake in them with its place."""
