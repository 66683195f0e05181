"""The dossier of an incident: its log as a bundle that a third party can verify, and as a timeline that people can read."""
