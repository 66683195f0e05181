"""A store of keys that works less keeps the same: what is written is there, and in nobody else's store."""

from pathlib import Path

from nio.crypto import OlmAccount
from nio.store import DefaultStore

from bot.matrix.keystore import quickened


def opened(directory: Path, user: str) -> DefaultStore:
    return DefaultStore(f"@{user}:iog.example", "TOESTEL", str(directory), "sleutel")


def test_two_stores_in_one_process_keep_apart_and_can_be_read_by_nio_as_it_is(tmp_path: Path) -> None:
    accounts = {user: OlmAccount() for user in ("bakker", "mulder")}
    stores = {user: opened(tmp_path, user) for user in accounts}
    for store in stores.values():
        quickened(store)
    for user, store in stores.items():
        store.save_account(accounts[user])
    for user, store in stores.items():
        store.save_encrypted_rooms({f"!{user}:iog.example"})
        store.save_encrypted_rooms(set())
    for user, store in stores.items():
        store.database.close()
        plain = opened(tmp_path, user)
        assert plain.load_account().identity_keys == accounts[user].identity_keys
        assert plain.load_encrypted_rooms() == {f"!{user}:iog.example"}
        plain.database.close()


def test_an_empty_set_of_rooms_is_not_written(tmp_path: Path) -> None:
    store = opened(tmp_path, "bakker")
    quickened(store)
    store.save_account(OlmAccount())
    store.database.close()  # whoever asks it something now has an error
    store.save_encrypted_rooms(set())
