/*
 * The road of a datum, from outside: how long from a change of focus on a desktop to the dashboard, what the server's processes take with a hundred agents
 * connected, and how long a second `make run` takes to be ready
 *
 * Real programs throughout; only the hundred agents are simulated (tests/harness/device.mjs). Prints what tools/bench reads; the rest goes to standard error.
 */

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";

import { openBrowser, setUpAdministrator } from "../../tests/harness/browser.mjs";
import { Device, minutes } from "../../tests/harness/device.mjs";
import { freePort, PROGRAMS, sleep, startAgent, startProgram, startWard, temporaryDirectory, TOP, until } from "../../tests/harness/ward.mjs";

const SAMPLES = 30;
const AGENTS = 100;
const ROUNDS = 5;

const figure = (name, value, unit, more = {}) => console.log(JSON.stringify({ name, value: Math.round(value * 100) / 100, unit, peers: [], ...more }));
const say = (text) => console.error(text);

/** Stands for a test's context: what after() was given runs at the end, last first. */
class Scene {
  #last = [];

  after(run) {
    this.#last.push(run);
  }

  async close() {
    for (const run of this.#last.reverse()) await run();
  }
}

async function scene(run) {
  const t = new Scene();
  try {
    await run(t);
  } finally {
    await t.close();
  }
}

/* ---- span to screen ---- */

function freeDisplay() {
  for (let number = 140; ; number++) if (!existsSync(`/tmp/.X11-unix/X${number}`) && !existsSync(`/tmp/.X${number}-lock`)) return number;
}

/** A desktop with two programs that differ in name; activate() brings one to the front. */
async function startDesktop(t, ward, agent) {
  const display = freeDisplay();
  const env = { DISPLAY: `:${display}`, XDG_RUNTIME_DIR: ward.directory };
  const start = (command, args, name) => startProgram(t, command, args, { env, log: join(ward.directory, `${name}.log`) });
  const tool = (...words) => execFileSync("xdotool", words, { env: { ...process.env, ...env }, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

  start("Xvfb", [`:${display}`, "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-ac"], "xvfb");
  await until("the desktop", () => tool("getdisplaygeometry"));
  start("openbox", ["--sm-disable"], "openbox");
  await until("the window manager", () => tool("get_num_desktops"));
  const windows = new Map();
  for (const name of ["uxterm", "xterm"]) {
    const program = join(ward.directory, name);
    copyFileSync("/usr/bin/xterm", program);
    start(program, ["-T", name], name);
    windows.set(name, await until(`a window of ${name}`, () => tool("search", "--onlyvisible", "--name", `^${name}$`).split("\n").filter(Boolean).at(-1)));
  }
  start(join(PROGRAMS, "ward-sensor"), ["--socket", agent.socket], "sensor");
  return { names: [...windows.keys()], activate: (name) => tool("windowactivate", windows.get(name)) };
}

async function spanToScreen(t) {
  const ward = await startWard(t);
  const { page } = await openBrowser(t);
  await setUpAdministrator(page, await ward.setupLink());
  await page.getByRole("navigation").getByRole("link", { name: "Today", exact: true }).click();
  const agent = await startAgent(t, ward);
  const desktop = await startDesktop(t, ward, agent);
  desktop.activate("xterm");
  await page.getByText("Active in xterm").waitFor();

  const samples = [];
  for (let i = 0; i < SAMPLES; i++) {
    const name = desktop.names[i % desktop.names.length];
    /* As people change between programs: at no fixed beat, so that no tick of ours is always just over. */
    await sleep(1000 + ((i * 617) % 2500));
    /* Armed before the change, and read off the page's own clock, which is this machine's. */
    const shown = page.evaluate(
      (text) =>
        new Promise((done) => {
          const look = () => document.body.textContent.includes(text) && (observer.disconnect(), done(Date.now()));
          const observer = new MutationObserver(look);
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          look();
        }),
      `Active in ${name}`,
    );
    await page.evaluate(() => 0);
    const began = Date.now();
    desktop.activate(name);
    samples.push((await shown) - began);
  }
  samples.sort((a, b) => a - b);
  const at = (part) => samples[Math.min(samples.length - 1, Math.ceil(part * samples.length) - 1)];
  say(`span to screen: ${samples.join(" ")} ms`);
  figure("span_to_screen_ms", at(0.5), "ms", { p99: at(0.99) });
}

/* ---- the server at rest ---- */

function family(pid) {
  const found = [pid];
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    try {
      const after = readFileSync(`/proc/${name}/stat`, "latin1").split(") ").at(-1).split(" ");
      if (Number(after[1]) === pid) found.push(Number(name));
    } catch {
      /* It ended meanwhile. */
    }
  }
  return found;
}

function memory(pid) {
  const rows = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1").matchAll(/^(\w+):\s+(\d+) kB/gm);
  const mb = Object.fromEntries([...rows].map(([, name, kb]) => [name, Number(kb) / 1024]));
  const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
  return { role: words[words.indexOf("--role") + 1] === words[0] ? "parent" : words[words.indexOf("--role") + 1], rss: mb.Rss, pss: mb.Pss, dirty: mb.Private_Dirty };
}

const connected = (port) =>
  readFileSync("/proc/net/tcp", "latin1")
    .split("\n")
    .filter((line) => line.includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} `) && / 01 /.test(line) && line.trim().split(/\s+/)[1].endsWith(port.toString(16).toUpperCase().padStart(4, "0"))).length;

async function serverAtRest(t) {
  const ward = await startWard(t);
  const file = join(ward.directory, "hundred.json");
  ward.cli("enrol", "package", "--out", file, "--server", "127.0.0.1", "--uses", String(AGENTS));
  const devices = [];
  for (let i = 0; i < AGENTS; i++) {
    const device = new Device(ward, file, `ws-${i}`);
    const answer = await device.enrol();
    if (answer.status !== 201) throw new Error(`enrolment ${i}: ${answer.status} ${answer.text}`);
    device.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => device.agent.destroy());
    devices.push(device);
  }
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(
      devices.map(async (device, i) => {
        const options = { agent: device.agent };
        const account = `robin${i}`;
        const before = (ROUNDS - round) * 30 * 60_000;
        const answers = [
          await device.batch(minutes(30, { application: "xterm", before, domain: "lakeside-clinic.org" }), { more: { accounts: [account] }, options }),
          await device.live([{ account, start: Date.now() - 5000, duration: 5000, application: "xterm" }], { options }),
        ];
        for (const answer of answers) if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
      }),
    );
  await sleep(5000);
  const there = connected(ward.agents);
  if (there !== AGENTS) throw new Error(`${there} agents are connected, not ${AGENTS}`);
  const rows = family(ward.program.pid).map(memory);
  const sum = (name) => rows.reduce((all, row) => all + row[name], 0);
  for (const row of rows) say(`server at rest, ${row.role}: rss ${row.rss.toFixed(1)}, pss ${row.pss.toFixed(1)}, private dirty ${row.dirty.toFixed(1)} MB`);
  figure("server_rss_mb", sum("rss"), "MB", { pss: Math.round(sum("pss") * 100) / 100 });
}

/* ---- make run, for the second time ---- */

async function makeRun(directory, port, display) {
  const began = Date.now();
  const env = { ...process.env, WARD_RUN: directory, WARD_PORT: String(port), WARD_DESKTOP: `:${display}` };
  delete env["DISPLAY"];
  const child = spawn("make", ["run"], { cwd: TOP, env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  let text = "";
  try {
    return await new Promise((done, fail) => {
      child.stdout.on("data", (chunk) => {
        text += chunk;
        if (/^(Open https:|Ward is ready)/m.test(text)) done(Date.now() - began);
      });
      void ended.then((code) => fail(new Error(`make run ended with ${code}\n${text}`)));
    });
  } finally {
    try {
      process.kill(-child.pid, "SIGINT");
    } catch {
      /* It has gone. */
    }
    await ended;
  }
}

async function ready(t) {
  const directory = temporaryDirectory(t, "ward-bench-run-");
  const port = await freePort();
  const first = await makeRun(directory, port, freeDisplay());
  await sleep(1000);
  const second = await makeRun(directory, port, freeDisplay());
  say(`make run: first ${first} ms, second ${second} ms`);
  figure("ready_s", second / 1000, "s");
}

for (const part of [spanToScreen, serverAtRest, ready]) await scene(part);
