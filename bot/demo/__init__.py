"""The main job, played by real clients on a real homeserver, and judged by what each client read."""
