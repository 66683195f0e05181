// One person's Matrix client on matrix-js-sdk with its Rust crypto, the same encryption as Element has.
// Reads one JSON request per line and answers each; tells of every event of a room as soon as it can be shown.
// Ends when standard input ends, so that it never outlives the program that started it.
import "./aside.mjs";

import { createInterface } from "node:readline";

import { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode } from "matrix-js-sdk/lib/crypto-api/index.js";
import { createClient, EventType, MatrixEventEvent, Preset, RoomEvent, RoomMemberEvent, Visibility } from "matrix-js-sdk";
import { PushProcessor } from "matrix-js-sdk/lib/pushprocessor.js";

const MEGOLM = "m.megolm.v1.aes-sha2";
let client = null;

function tell(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}

function tellMember(room, user, membership) {
    tell({ member: { room, user, membership } });
}

async function show(event) {
    if (event.getId().startsWith("~")) return; // an echo of our own message, not yet on the server
    await client.decryptEventIfNeeded(event);
    const encryption = event.isEncrypted() ? await client.getCrypto().getEncryptionInfoForEvent(event) : null;
    const push = new PushProcessor(client).actionsForEvent(event);
    tell({
        event: {
            id: event.getId(),
            room: event.getRoomId(),
            sender: event.getSender(),
            type: event.getType(),
            content: event.getOriginalContent(),
            relation: event.getRelation(),
            encrypted: event.isEncrypted(),
            failure: event.decryptionFailureReason,
            shield: encryption?.shieldColour ?? null,
            shield_reason: encryption?.shieldReason ?? null,
            notify: Boolean(push?.notify),
            sound: push?.tweaks?.sound ?? null,
        },
    });
}

async function login({ homeserver, user, password, strict }) {
    const answer = await createClient({ baseUrl: homeserver }).loginRequest({
        type: "m.login.password",
        identifier: { type: "m.id.user", user },
        password,
    });
    client = createClient({
        baseUrl: homeserver,
        userId: answer.user_id,
        deviceId: answer.device_id,
        accessToken: answer.access_token,
    });
    await client.initRustCrypto({ useIndexedDB: false });
    const crypto = client.getCrypto();
    crypto.setDeviceIsolationMode(
        strict ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false),
    );
    client.on(RoomEvent.Timeline, (event) => void show(event));
    client.on(MatrixEventEvent.Decrypted, (event) => void show(event));
    client.on(RoomMemberEvent.Membership, (_event, member) => tellMember(member.roomId, member.userId, member.membership));
    client.on(RoomEvent.MyMembership, (room, membership) => tellMember(room.roomId, answer.user_id, membership));
    await client.startClient({ initialSyncLimit: 100, lazyLoadMembers: false });
    // The homeserver takes the first signing keys of an account without a password.
    if (strict) {
        await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: async (upload) => { await upload(null); } });
    }
    return {
        user_id: answer.user_id,
        device_id: answer.device_id,
        crypto: crypto.getVersion(),
        cross_signed: strict && (await crypto.isCrossSigningReady()),
    };
}

async function direct({ user }) {
    const made = await client.createRoom({
        preset: Preset.PrivateChat,
        visibility: Visibility.Private,
        is_direct: true,
        invite: [user],
        initial_state: [{ type: EventType.RoomEncryption, state_key: "", content: { algorithm: MEGOLM } }],
    });
    return { room: made.room_id };
}

async function devices({ user }) {
    const crypto = client.getCrypto();
    const found = (await crypto.getUserDeviceInfo([user])).get(user) ?? new Map();
    const shown = {};
    for (const id of found.keys()) {
        shown[id] = (await crypto.getDeviceVerificationStatus(user, id))?.signedByOwner ?? false;
    }
    return shown;
}

const VERBS = {
    login,
    direct,
    devices,
    join: async ({ room }) => ({ room: (await client.joinRoom(room)).roomId }),
    say: async ({ room, text }) => ({
        id: (await client.sendMessage(room, { msgtype: "m.text", body: text })).event_id,
    }),
    react: async ({ room, event, key }) => ({
        id: (
            await client.sendEvent(room, EventType.Reaction, {
                "m.relates_to": { rel_type: "m.annotation", event_id: event, key },
            })
        ).event_id,
    }),
};

for await (const line of createInterface({ input: process.stdin })) {
    const { number, verb, ...given } = JSON.parse(line);
    try {
        tell({ number, done: await VERBS[verb](given) });
    } catch (wrong) {
        tell({ number, wrong: String(wrong) });
    }
}
client?.stopClient();
process.exit(0);
