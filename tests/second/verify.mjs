// A verifier of bundles written from docs/log-format.md alone: node verify.mjs BUNDLE ORIGIN PUBLIC_KEY_BASE64.
// With --batch: one JSON object a line on stdin ({"files": {name: base64}, "origin", "key"}), one verdict a line on stdout.
import { createHash, createPublicKey, verify as signs } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

class Refused extends Error {}
const need = (ok, where, why) => {
  if (!ok) throw new Refused(`${where}: ${why}`);
};
const hash = (...parts) => {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
};
const text = (bytes, where) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(`${where}: not UTF-8`);
  }
};
const HEX = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

// "Values": the canonical form within its limits, or nothing.
function jcs(value, depth = 0) {
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("a number outside the limits");
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Error("a lone surrogate");
    return JSON.stringify(value);
  }
  if (depth === 8) throw new Error("nested too deeply");
  if (Array.isArray(value)) return `[${value.map((item) => jcs(item, depth + 1)).join(",")}]`;
  const keys = Object.keys(value).sort();
  if (!keys.every((key) => /^[a-z0-9_.-]{1,64}$/.test(key))) throw new Error("a key outside the limits");
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jcs(value[key], depth + 1)}`).join(",")}}`;
}
function canonical(spelled, where) {
  let value;
  try {
    value = JSON.parse(spelled);
    need(jcs(value) === spelled, where, "not in its canonical form");
  } catch (wrong) {
    throw new Refused(`${where}: ${wrong.message}`);
  }
  return value;
}
function parsed(spelled, where) {
  try {
    return JSON.parse(spelled);
  } catch (wrong) {
    throw new Refused(`${where}: ${wrong.message}`);
  }
}
function* lines(files, name, keys) {
  need(files.has(name), name, "is missing");
  let rest = files.get(name);
  for (let number = 1; rest.length; number += 1) {
    const where = `${name} line ${number}`;
    const end = rest.indexOf(0x0a);
    need(end >= 0, where, "no newline at the end");
    const raw = rest.subarray(0, end);
    rest = rest.subarray(end + 1);
    const value = canonical(text(raw, where), where);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    need(isObject && Object.keys(value).sort().join(" ") === keys, where, "not the keys that are due");
    yield { where, raw, value };
  }
}
function decoded(base64, where) {
  const data = Buffer.from(base64, "base64");
  need(data.toString("base64") === base64, where, "not canonical base64");
  return data;
}
function* blobsIn(value) {
  if (value === null || typeof value !== "object") return;
  const keys = Object.keys(value);
  if (!Array.isArray(value) && keys.length === 1 && typeof value.sha256 === "string" && HEX.test(value.sha256))
    yield value.sha256;
  for (const key of keys) yield* blobsIn(value[key]);
}
function root(leaves) {
  if (leaves.length === 0) return hash("");
  if (leaves.length === 1) return leaves[0];
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return hash(Buffer.of(1), root(leaves.slice(0, left)), root(leaves.slice(left)));
}

function readEntries(files, origin) {
  const hashes = [];
  const leaves = [];
  const closed = new Map();
  for (const { where, raw, value } of lines(files, "entries.jsonl", "body log prev seq ts type v")) {
    need(raw.length <= 65536, where, "larger than 64 KiB");
    need(value.v === 1 && value.log === origin && value.seq === leaves.length, where, "wrong v, log or seq");
    need(value.prev === (hashes.at(-1) ?? "0".repeat(64)), where, "wrong prev");
    need(typeof value.ts === "string" && TIME.test(value.ts) && typeof value.type === "string", where, "wrong ts or type");
    need(value.body !== null && typeof value.body === "object" && !Array.isArray(value.body), where, "no body");
    const fields = Object.entries(value.body);
    need(fields.length <= 64, where, "more than 64 fields");
    for (const [name, hidden] of fields) {
      need(typeof hidden === "string" && HEX.test(hidden), where, "not a commitment");
      closed.set(`${value.seq} ${name}`, hidden);
    }
    hashes.push(hash("iog-entry-v1\0", raw).toString("hex"));
    leaves.push(hash(Buffer.of(0), raw));
  }
  return { hashes, leaves, closed };
}
function readOpenings(files, origin, closed) {
  for (const { where, value: opening } of lines(files, "openings.jsonl", "pre salt")) {
    need(typeof opening.pre === "string" && typeof opening.salt === "string", where, "not an opening");
    need(HEX.test(opening.salt), where, "a salt has 32 bytes, in lowercase hexadecimal");
    const pre = canonical(opening.pre, where);
    need(Array.isArray(pre) && pre.length === 4 && pre[0] === origin, where, "not of this log");
    const [, seq, name, value] = pre;
    need(Number.isInteger(seq) && typeof name === "string", where, "not an opening");
    const hidden = hash("iog-field-v1\0", Buffer.from(opening.salt, "hex"), opening.pre).toString("hex");
    need(closed.get(`${seq} ${name}`) === hidden, where, "fits no commitment, or stands twice");
    closed.delete(`${seq} ${name}`);
    for (const blob of blobsIn(value)) need(files.has(`blobs/${blob}`), where, "names a missing blob");
  }
}
function readNote(files, origin, key, leaves) {
  const where = "checkpoint.note";
  need(files.has(where), where, "is missing");
  const note = text(files.get(where), where);
  const said = `${origin}\n${leaves.length}\n${root(leaves).toString("base64")}\n`;
  need(note.startsWith(`${said}\n`), where, "does not match number and root");
  const rows = note.slice(said.length + 1).split("\n");
  need(rows.pop() === "" && rows.length > 0, where, "no newline at the end, or no signature");
  const keyId = hash(origin, Buffer.of(0x0a, 0x01), key).subarray(0, 4);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
  const public_ = createPublicKey({ key: spki, format: "der", type: "spki" });
  let ours;
  for (const row of rows) {
    const found = /^— ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})$/.exec(row);
    need(found, where, "not a signature line");
    const signature = decoded(found[2], where);
    if (found[1] === origin && signature.subarray(0, 4).equals(keyId)) ours ??= signature.subarray(4);
  }
  need(ours && ours.length === 64 && signs(null, Buffer.from(said), public_, ours), where, "not signed with this key");
}
function readManifest(files, stated) {
  for (const [name, data] of files)
    if (name.startsWith("blobs/"))
      need(name === `blobs/${hash(data).toString("hex")}`, name, "is not what its name says");
  const where = "manifest.json";
  if (!files.has(where)) return;
  const names = [...files.keys()].filter((name) => name !== where).sort();
  const digests = Object.fromEntries(names.map((name) => [name, hash(files.get(name)).toString("hex")]));
  const { entries, head, origin } = stated;
  const claims = parsed(text(files.get(where), where), where);
  need(typeof claims?.public_key === "string", where, "names no public key");
  const public_key = claims.public_key;
  const named = decoded(public_key, where);
  need(named.length === 32, where, "names no public key of 32 bytes");
  // ours, or another key that signed the same note
  readNote(files, origin, named, stated.leaves);
  const spelled = JSON.stringify({ entries, files: digests, head, origin, public_key }, null, 2);
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const due = `${spelled.replace(/[\u007f-\uffff]/g, escaped)}\n`;
  need(text(files.get(where), where) === due, where, "does not describe these files");
}
function verify(files, origin, publicKey) {
  const key = decoded(publicKey, "public key");
  need(key.length === 32, "public key", "has not 32 bytes");
  const { hashes, leaves, closed } = readEntries(files, origin);
  readOpenings(files, origin, closed);
  for (const { where, value: anchor } of lines(files, "anchors.jsonl", "event h room seq")) {
    need(typeof anchor.event === "string" && typeof anchor.room === "string", where, "not an anchor");
    need(Number.isInteger(anchor.seq) && hashes[anchor.seq] === anchor.h, where, "does not match its entry");
  }
  readNote(files, origin, key, leaves);
  const head = hashes.at(-1) ?? "0".repeat(64);
  readManifest(files, { entries: leaves.length, head, origin, leaves });
  return `OK ${leaves.length} entries, head ${head}, ${closed.size} fields without opening`;
}
function verdict(files, origin, key) {
  try {
    return verify(files, origin, key);
  } catch (wrong) {
    if (wrong instanceof Refused) return `REFUSED: ${wrong.message.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ")}`;
    throw wrong;
  }
}

if (process.argv[2] === "--batch") {
  for await (const line of createInterface({ input: process.stdin })) {
    const { files, origin, key } = JSON.parse(line);
    const bytes = new Map(Object.entries(files).map(([name, data]) => [name, Buffer.from(data, "base64")]));
    process.stdout.write(`${verdict(bytes, origin, key)}\n`);
  }
} else {
  const [directory, origin, key] = process.argv.slice(2);
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const names = paths.map((path) => path.slice(join(directory, "/").length));
  const said = verdict(new Map(names.map((name, at) => [name, readFileSync(paths[at])])), origin, key);
  process.stdout.write(`${said}\n`);
  process.exitCode = said.startsWith("OK ") ? 0 : 1;
}
