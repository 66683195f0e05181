"""Nights of the brigade, told on the homeserver at the wire; the most important ones on a real one as well."""
