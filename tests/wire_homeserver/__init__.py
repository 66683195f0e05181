"""A homeserver that speaks the client-server API on loopback, fast enough for a hundred nights and obedient to faults.

It exists for tests only. What it answers is compared with a real Synapse in `tests/wire_homeserver/test_contract.py`.
"""
