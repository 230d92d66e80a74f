/* Keys that are missing or wrong, data of another version, full disks, and processes killed at any moment. Nothing that was acknowledged is lost. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Device, minutes } from "../harness/device.mjs";
import { PROGRAMS, sleep, startWard, temporaryDirectory, until } from "../harness/ward.mjs";

const TRIALS = Number(process.env["WARD_TRIALS"] ?? 6);
/* wardd waits ever longer before it starts again what dies within five seconds: long campaigns let it be steady before the next kill. */
const STEADY_MS = TRIALS > 10 ? 5_200 : 0;

/* Runs wardd until it ends by itself; a refusal must come at once, and say what to do. */
function runWardd(...args) {
  const run = spawnSync(join(PROGRAMS, "wardd"), ["--listen", "127.0.0.1:0", "--agents", "127.0.0.1:0", ...args], { encoding: "utf8", timeout: 20_000 });
  return { code: run.status, said: run.stderr + run.stdout };
}

const stops = [];
const suite = { after: (stop) => stops.push(stop) };
let ward;
let sealed;

before(async () => {
  ward = await startWard(suite);
  const device = await Device.enrolled(ward);
  assert.equal((await device.batch(minutes(3))).status, 200);
  await ward.program.stop();
  sealed = join(temporaryDirectory(suite), "data");
  cpSync(ward.data, sealed, { recursive: true });
});

after(async () => {
  for (const stop of stops.reverse()) await stop();
});

function copyOf(t) {
  const data = join(temporaryDirectory(t), "data");
  cpSync(sealed, data, { recursive: true });
  chmodSync(data, 0o700);
  return data;
}

test("without its root key wardd refuses to start, and makes no new one", (t) => {
  const data = copyOf(t);
  renameSync(join(data, "root.key"), join(data, "elsewhere"));
  const { code, said } = runWardd("--data", data);
  assert.equal(code, 1);
  assert.match(said, /root key/);
  assert.match(said, /restore|--root-key/);
  assert.ok(!readdirSync(data).includes("root.key"));
});

test("another root key is refused before anything is written", (t) => {
  const data = copyOf(t);
  writeFileSync(join(data, "root.key"), `${"ab".repeat(32)}\n`, { mode: 0o600 });
  const before = readFileSync(join(data, "keyring"));
  const { code, said } = runWardd("--data", data);
  assert.equal(code, 1);
  assert.match(said, /does not fit|another/);
  assert.deepEqual(readFileSync(join(data, "keyring")), before);
});

test("a root key that others can read, or that is none, is refused with the remedy", (t) => {
  const data = copyOf(t);
  chmodSync(join(data, "root.key"), 0o644);
  assert.match(runWardd("--data", data).said, /chmod 600/);
  chmodSync(join(data, "root.key"), 0o600);
  writeFileSync(join(data, "root.key"), "short\n");
  const { code, said } = runWardd("--data", data);
  assert.equal(code, 1);
  assert.match(said, /64 hex digits/);
});

test("data of a newer version is refused, and says which program to install", (t) => {
  const data = copyOf(t);
  execFileSync("python3", ["-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version=999'); c.commit()", join(data, "spans.db")]);
  const { code, said } = runWardd("--data", data);
  assert.equal(code, 1);
  assert.match(said, /newer/);
});

test("a changed bit in the keyring, or in a page of the records, is found at start", (t) => {
  for (const name of ["keyring", "records.db"]) {
    const data = copyOf(t);
    const bytes = readFileSync(join(data, name));
    bytes[Math.floor(bytes.length / 3)] ^= 1;
    writeFileSync(join(data, name), bytes);
    const { code } = runWardd("--data", data, "--check");
    assert.notEqual(code, 0, name);
  }
});

test("two servers never share a data directory", async (t) => {
  const first = await startWard(t);
  const { code, said } = runWardd("--data", first.data);
  assert.equal(code, 1);
  assert.match(said, /another|already/);
});

test("unknown options and bad addresses are usage errors that name them", () => {
  for (const args of [["--frobnicate", "1"], ["--data"], ["--data", "/tmp/x", "--listen", "nonsense"]]) {
    const { code, said } = runWardd(...args);
    assert.equal(code, 2, said);
    assert.match(said, new RegExp(args.at(-1).replace(/^1$/, "frobnicate").replace("--data", "--data")));
  }
});

/* A name of its own for each batch, in letters: four digits in a name would be somebody's number, and be removed. */
const nameOf = (sequence) => `app${[...String(sequence)].map((digit) => ["bq", "cx", "dz", "fv", "gk", "hj", "kp", "lw", "mt", "nr"][digit]).join("")}`;

/* Batches keep coming while a process of the server is killed; afterwards every acknowledged one is there. */
async function killWhileBusy(t, victim) {
  const server = await startWard(t);
  const device = await Device.enrolled(server);
  const acknowledged = new Set();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  /* A moment of its own for each: of two that overlap a person is told one. */
  const began = Date.now();
  let stop = false;

  t.after(() => agent.destroy());
  const feed = async () => {
    while (!stop) {
      const sequence = ++device.sequence;
      for (;;) {
        const answer = await device
          .batch([{ start: began - 2 * sequence, duration: 1, application: nameOf(sequence) }], { sequence, options: { agent } })
          .catch(() => undefined);
        if (answer?.status === 200) {
          acknowledged.add(sequence);
          break;
        }
        if (stop) return;
        await sleep(60);
      }
    }
  };
  const feeding = feed();
  for (let trial = 0; trial < TRIALS; trial++) {
    await sleep(STEADY_MS + 150 + Math.random() * 350);
    const pid = victim(server);
    process.kill(pid, "SIGKILL");
    if (pid === server.program.pid) {
      await server.program.ended;
      await server.start();
    } else await until("the server again", () => server.cliRaw("status").code === 0, { ms: 30_000 });
  }
  await sleep(300);
  stop = true;
  await feeding;
  assert.ok(acknowledged.size > TRIALS, `${acknowledged.size} batches were acknowledged`);
  assert.equal(server.cliJson("audit", "verify").holds, true);

  /* Every acknowledged batch again: a repeat has no second effect, so the number of spans must not grow. */
  const date = new Date().toISOString().slice(0, 10);
  const count = async () => {
    const socket = join(server.data, "ward.sock");
    const text = execFileSync("curl", ["-s", "--unix-socket", socket, `http://localhost/api/v1/days/${date}`], { encoding: "utf8", maxBuffer: 1 << 28 });
    return new Set(JSON.parse(text).applications.map((row) => row.name));
  };
  const names = await count();
  for (const sequence of acknowledged) assert.ok(names.has(nameOf(sequence)), `batch ${sequence} was acknowledged and is gone`);
}

const processOf = (name) => (server) => server.cliJson("status").processes.find((one) => one.name === name).pid;

test("kill -9 of serve at any moment loses nothing acknowledged", (t) => killWhileBusy(t, processOf("serve")));
test("kill -9 of the signer at any moment loses nothing acknowledged", (t) => killWhileBusy(t, processOf("signer")));
test("kill -9 of the parent at any moment loses nothing acknowledged", (t) => killWhileBusy(t, (server) => server.program.pid));

test("on a full disk nothing is acknowledged, agents are told to wait, and it goes on by itself", { skip: process.getuid() !== 0 && "needs root to mount" }, async (t) => {
  /* What runs after a test runs in this order: unmounted first, then removed. */
  t.after(() => spawnSync("umount", ["-l", join(directory, "data")]));
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, "data"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m,mode=0700", "tmpfs", join(directory, "data")]);
  const server = await startWard(t, { directory });
  const device = await Device.enrolled(server);
  const ballast = join(server.data, "ballast");

  assert.equal((await device.batch(minutes(2))).status, 200);
  spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=64k"], { stdio: "ignore" });
  let refused;
  for (let i = 0; i < 400 && !refused; i++) {
    const titles = Array.from({ length: 200 }, (_, at) => ({ start: Date.now() - at * 10, duration: 5, application: `a${i}b${at}x${Math.random().toString(36).slice(2)}` }));
    const answer = await device.batch(titles);
    if (answer.status !== 200) refused = answer;
  }
  assert.equal(refused?.status, 503);
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  assert.match(refused.json.detail, /disk|space|room/i);
  spawnSync("rm", [ballast]);
  await until("the server takes batches again", async () => (await device.batch(minutes(1), { sequence: device.sequence })).status === 200, { ms: 60_000, every: 500 });
});
