# fmt: off
"""verify.py BUNDLE ORIGIN PUBLIC_KEY_BASE64: is the log in this directory whole, and signed with this key?"""
import json, re, sys  # noqa: E401, I001
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035  (one line less)
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
load = json.JSONDecoder(parse_float=str, parse_constant=str).decode  # as text, a float differs from what was read
AT = ["bundle"]  # what is being looked at, for the words of a refusal
def need(ok: object, why: str) -> None:
    if not ok:
        raise ValueError(why)
def dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def lines(files: dict[str, bytes], name: str, keys: str) -> Iterator[tuple[bytes, Any]]:
    for number, raw in enumerate(files[name].splitlines(keepends=True), 1):
        AT[0] = f"{name} line {number}"
        value = load(raw.decode())
        need(dump(value) + b"\n" == raw and " ".join(value) == keys, "not in its canonical form")
        yield raw[:-1], value
def verify(files: dict[str, bytes], origin: str, key: str) -> str:
    hashes, tree, closed = ["0" * 64], list[bytes](), dict[bytes, str]()
    for raw, entry in lines(files, "entries.jsonl", "body log prev seq ts type v"):
        due = {"log": origin, "prev": hashes[-1], "seq": len(tree), "v": 1}
        need(dump({k: entry[k] for k in due}) == dump(due), "another log, prev, seq or v than is due")
        closed.update({dump([len(tree), name]): hidden for name, hidden in entry["body"].items()})
        hashes.append(sha256(b"iog-entry-v1\0" + raw).hexdigest())
        tree.append(sha256(b"\0" + raw).digest())
    for _, opening in lines(files, "openings.jsonl", "pre salt"):
        pre, salt, (_, seq, name, value) = opening["pre"].encode(), bytes.fromhex(opening["salt"]), load(opening["pre"])
        need([dump([origin, seq, name, value]), salt.hex(), len(salt)] == [pre, opening["salt"], 32], "not canonical")
        hidden = sha256(b"iog-field-v1\0" + salt + pre).hexdigest()
        need(closed.pop(dump([seq, name]), "") == hidden, "fits no commitment, or stands twice")
        need(all(f"blobs/{b}" in files for b in re.findall('{"sha256":"(\\w{64})"}', opening["pre"])), "lacks its blob")
    for event, h, room, seq in (anchor.values() for _, anchor in lines(files, "anchors.jsonl", "event h room seq")):
        need(type(event) is type(room) is str and str(seq).isdigit() and h == hashes[seq + 1], "is not of the entry")
    AT[0], size, note = "checkpoint.note", len(tree), files["checkpoint.note"].decode()
    while len(tree) > 1:
        tree = [sha256(b"\1" + tree[i - 1] + tree[i]).digest() for i in range(1, len(tree), 2)] + tree[len(tree) & -2:]
    text = f"{origin}\n{size}\n{b64encode(tree[0] if tree else sha256().digest()).decode()}\n"
    need(re.fullmatch(re.escape(text) + "\n(— [!-*,-~]+ [A-Za-z0-9+/]+=*\n)+", note), "does not match the entries")
    for AT[0] in ("checkpoint.note", *({"manifest.json"} & files.keys())):  # the manifest may name the key's successor
        key = key if AT[0] == "checkpoint.note" else load(files[AT[0]].decode())["public_key"]
        key_id, sig = sha256(f"{origin}\n\1".encode() + b64decode(key)).digest()[:4], re.findall("— (.+) (.+)\n", note)
        ours = [b64decode(line)[4:] for name, line in sig if (name, b64decode(line)[:4]) == (origin, key_id)]
        need(ours and all(b64encode(b64decode(s)).decode() == s for _, s in [*sig, (0, key)]), "not signed by this key")
        Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(ours[0], text.encode())
    AT[0], digests = "manifest.json", {n: sha256(d).hexdigest() for n, d in files.items() if n != "manifest.json"}
    need(all(n == f"blobs/{d}" for n, d in digests.items() if n[:6] == "blobs/"), "a blob is not what its name says")
    due = {"entries": size, "files": digests, "head": hashes[-1], "origin": origin, "public_key": key}
    need(files.get(AT[0]) in (None, json.dumps(due, sort_keys=True, indent=2).encode() + b"\n"), "not as the files are")
    return f"OK {size} entries, head {hashes[-1]}, {len(closed)} fields without opening"
if __name__ == "__main__":
    try:
        found = {f.relative_to(sys.argv[1]).as_posix(): f for f in Path(sys.argv[1]).rglob("*") if f.is_file()}
        sys.stdout.write(verify({name: f.read_bytes() for name, f in found.items()}, *sys.argv[2:]) + "\n")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError, InvalidSignature) as wrong:
        sys.exit(bool(sys.stdout.write(f"REFUSED: {AT[0]}: {str(wrong) or 'the signature does not fit'}\n")))
