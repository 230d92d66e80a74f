/*
 * A real server and agents of its own for a test: temporary directories, free ports, and everything stopped at the end
 *
 *     const ward = await startWard(t);            t: node:test's context, whose end stops it all
 *     ward.cli("status")                          the operator's command
 */

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const TOP = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
export const PROGRAMS = process.env["WARD_PROGRAMS"] ?? join(TOP, "build");

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Polls until condition() gives something true, and gives that; names what it waited for when it does not come. */
export async function until(what, condition, { ms = 15_000, every = 50 } = {}) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms${last ? `: ${last.message}` : ""}`);
    await sleep(every);
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A directory that others may enter (tests run programs as several users), removed at the end unless WARD_KEEP is set. */
export function temporaryDirectory(t, name = "ward-test-") {
  const path = mkdtempSync(join(tmpdir(), name));
  chmodSync(path, 0o755);
  t.after(() => {
    if (!process.env["WARD_KEEP"]) rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** Starts a program with its output in a file; stop() ends it and waits. */
export function startProgram(t, command, args, { log, env, ...options } = {}) {
  const out = log ? openSync(log, "a") : "ignore";
  const child = spawn(command, args, { stdio: ["ignore", out, out], env: { ...process.env, ...env }, ...options });
  const ended = new Promise((done) => {
    child.on("exit", (code, signal) => done({ code, signal }));
    child.on("error", (error) => done({ code: -1, error }));
  });
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    const result = await ended;
    clearTimeout(timer);
    return result;
  };
  t.after(() => stop());
  return { child, ended, stop, pid: child.pid, log: () => (log ? readFileSync(log, "utf8") : "") };
}

/** One HTTPS request that trusts any certificate (tests of trust do their own); gives { status, headers, text, json }. */
export function fetchFrom({ port, method = "GET", path = "/", headers = {}, body, agent, ...tls }) {
  return new Promise((done, fail) => {
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers, rejectUnauthorized: false, agent, ...tls }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        done({
          status: answer.statusCode,
          headers: answer.headers,
          text,
          get json() {
            return JSON.parse(text);
          },
        });
      });
    });
    outgoing.on("error", fail);
    if (body !== undefined) outgoing.write(body);
    outgoing.end();
  });
}

const FAKETIME = `/usr/lib/${{ x64: "x86_64", arm64: "aarch64" }[process.arch]}-linux-gnu/faketime/libfaketime.so.1`;

/** The environment of a program whose clock is so many minutes ahead. */
export function ahead(minutes) {
  if (!existsSync(FAKETIME)) throw new Error(`${FAKETIME} is not there: tools/setup test`);
  return { LD_PRELOAD: FAKETIME, FAKETIME: `+${minutes}m`, FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_DISABLE_SHM: "1" };
}

/** Starts wardd and waits until it answers. */
export async function startWard(t, { directory = temporaryDirectory(t), args = [], env } = {}) {
  const data = join(directory, "data");
  const people = await freePort();
  const agents = await freePort();
  const ward = { directory, data, people, agents, url: `https://127.0.0.1:${people}` };

  ward.cliRaw = (...words) => {
    try {
      const stdout = execFileSync(join(PROGRAMS, "ward"), [...words, "--data", data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
      return { code: 0, stdout, stderr: "" };
    } catch (error) {
      return { code: error.status, stdout: error.stdout, stderr: error.stderr };
    }
  };
  ward.cli = (...words) => {
    const { code, stdout, stderr } = ward.cliRaw(...words);
    if (code !== 0) throw new Error(`ward ${words.join(" ")}: ${code}: ${stderr}`);
    return stdout;
  };
  ward.cliJson = (...words) => JSON.parse(ward.cli(...words, "--output", "json"));
  /** env: of this start only */
  ward.start = async (more = {}) => {
    const log = join(directory, "wardd.log");
    const web = join(TOP, "build/web");
    ward.program = startProgram(
      t,
      join(PROGRAMS, "wardd"),
      ["--data", data, "--listen", `127.0.0.1:${people}`, "--agents", `127.0.0.1:${agents}`, ...(existsSync(web) ? ["--web", web] : []), ...args],
      { log, env: { ...env, ...more } },
    );
    await until(`wardd (${log})`, () => ward.cliRaw("status").code === 0, { ms: 60_000 }).catch((error) => {
      throw new Error(`${error.message}\n${ward.program.log()}`);
    });
  };
  /** The one-time link of the first administrator, as printed. */
  ward.setupLink = () => until("the link", () => ward.program.log().match(/^Open (https:\S+)/m)?.[1]);
  ward.request = (options) => fetchFrom({ port: people, ...options });
  /** Goes on in the future: sessions and what was kept are older by so many minutes. */
  ward.goAhead = async (minutes) => {
    await ward.program.stop();
    await ward.start(ahead(minutes));
  };
  await ward.start();
  return ward;
}

/** Enrols an agent and starts its service; start() again after stop() keeps its state. */
export async function startAgent(t, ward, { name = "agent", run = true, env } = {}) {
  const state = join(ward.directory, name);
  const socket = join(ward.directory, `${name}.sock`);
  const file = join(ward.directory, `${name}.package.json`);
  const program = join(PROGRAMS, "ward-agent");

  ward.cli("enrol", "package", "--out", file, "--server", "127.0.0.1", "--note", name);
  execFileSync(program, ["enrol", "--package", file, "--state", state], { stdio: ["ignore", "pipe", "pipe"] });
  rmSync(file);
  const agent = { state, socket, file };
  agent.start = async () => {
    agent.program = startProgram(t, program, ["run", "--state", state, "--socket", socket], { log: join(ward.directory, `${name}.log`), env });
    await until("the agent's socket", () => existsSync(socket));
  };
  agent.status = () => JSON.parse(execFileSync(program, ["status", "--socket", socket, "--output", "json"], { encoding: "utf8" }));
  if (run) await agent.start();
  return agent;
}
