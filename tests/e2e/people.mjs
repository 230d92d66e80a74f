/*
 * People at a hospital's shared computer, for the end-to-end test: accounts of the operating system, a desktop each, real programs in front, and typing
 *
 * Everything that could identify a patient is invented here, and only here: CANARIES are what must be found nowhere afterwards.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PROGRAMS, sleep, startProgram, TOP, until } from "../harness/ward.mjs";

export const PATIENTS = {
  terminal: "ZYLLOWSKA, MARIBETH  MRN 84412907 - Chart Review",
  file: "quennerly_thaddeus_mrn55120983.txt",
  path: "/patients/krellbach-odette/visits?mrn=77310442&dob=1961-04-17",
  page: "KRELLBACH, ODETTE (77310442) - Visits",
  mail: "/inbox?subject=Results%20for%20Vandermolen%20SSN%20219-09-9142",
};

/** Lower-case fragments of the above, none of which is a word of ours. */
export const CANARIES = [
  "zyllowska",
  "maribeth",
  "84412907",
  "quennerly",
  "thaddeus",
  "55120983",
  "krellbach",
  "odette",
  "77310442",
  "1961-04-17",
  "vandermolen",
  "219-09-9142",
];

export function addAccount(t, name) {
  spawnSync("userdel", ["-f", name], { stdio: "ignore" });
  execFileSync("useradd", ["--no-create-home", "--shell", "/bin/sh", name], { stdio: "ignore" });
  t.after(() => spawnSync("userdel", ["-f", name], { stdio: "ignore" }));
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, name], { encoding: "utf8" })));
  return { name, uid, gid };
}

/** A virtual desktop of an account: X server, window manager, sensor. */
export async function startDesktop(t, account, display, ward, agent, more = {}) {
  const home = join(ward.directory, account.name);
  for (const folder of ["", "run", "chromium"]) {
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
    chownSync(join(home, folder), account.uid, account.gid);
  }
  const env = { DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: join(home, "run"), USER: account.name, LOGNAME: account.name, PATH: process.env["PATH"], LANG: "C.UTF-8", ...more };
  const as = { uid: account.uid, gid: account.gid, cwd: home };
  const programs = join(ward.directory, "programs");
  /* Copies, since other accounts may not enter this checkout; made once for both desktops. */
  if (!existsSync(programs)) {
    mkdirSync(programs, { recursive: true });
    copyFileSync(join(PROGRAMS, "ward-sensor"), join(programs, "ward-sensor"));
    cpSync(join(TOP, "build/extension"), join(programs, "extension"), { recursive: true });
    copyFileSync(join(TOP, "extension/ward-native-host"), join(programs, "ward-native-host"));
  }

  const start = (command, args, name) => startProgram(t, command, args, { ...as, env: { ...env, WARD_SENSOR: join(programs, "ward-sensor") }, log: join(ward.directory, `${account.name}-${name}.log`) });
  const tool = (...words) => execFileSync("xdotool", words, { env, encoding: "utf8", ...as, stdio: ["ignore", "pipe", "pipe"] }).trim();

  start("Xvfb", [`:${display}`, "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-ac"], "xvfb");
  await until(`display :${display}`, () => tool("getdisplaygeometry"));
  start("openbox", ["--sm-disable"], "openbox");
  await until("the window manager", () => tool("get_num_desktops"));
  const sensor = start(join(programs, "ward-sensor"), ["--socket", agent.socket], "sensor");
  await until(`a sensor of ${account.name}`, () => sensor.child.exitCode === null && sensor.log() !== undefined);

  const desktop = { account, env, home, programs, start, tool, sensor, moments: [] };
  desktop.window = (what, ...search) =>
    until(`the window of ${what}`, () => tool("search", "--onlyvisible", ...search).split("\n").filter(Boolean).at(-1), { ms: 40_000, every: 200 });
  /** Brings a window to the front, types as a person does for so many seconds, and notes the time of it under a name. */
  desktop.work = async (name, window, seconds, keys = "a b c Return") => {
    tool("windowactivate", "--sync", window);
    const began = Date.now();
    while (Date.now() - began < seconds * 1000) {
      tool("key", "--clearmodifiers", ...keys.split(" "));
      await sleep(400);
    }
    desktop.moments.push({ name, ms: Date.now() - began });
  };
  return desktop;
}

export function startTerminal(desktop, title) {
  desktop.start("xterm", ["-T", title, "-e", "sh", "-c", "stty -echo; cat >/dev/null"], "xterm");
  return desktop.window("xterm", "--class", "xterm");
}

export function startEditor(desktop, name) {
  const file = join(desktop.home, name);
  writeFileSync(file, "");
  chownSync(file, desktop.account.uid, desktop.account.gid);
  desktop.start("dbus-run-session", ["--", "mousepad", file], "mousepad");
  return desktop.window("mousepad", "--class", "mousepad");
}

/** Chromium with the extension; every host name is the local test site. */
export function startBrowser(desktop, sitePort, url) {
  const profile = join(desktop.home, "chromium");
  const hosts = join(profile, "NativeMessagingHosts");
  mkdirSync(hosts, { recursive: true });
  writeFileSync(
    join(hosts, "org.ward.sensor.json"),
    JSON.stringify({
      name: "org.ward.sensor",
      description: "Ward sensor",
      path: join(desktop.programs, "ward-native-host"),
      type: "stdio",
      allowed_origins: ["chrome-extension://hjlpepojihnmfffpkhflpplbkpionhjo/"],
    }),
  );
  execFileSync("chown", ["-R", `${desktop.account.uid}:${desktop.account.gid}`, profile]);
  desktop.start(
    "/usr/bin/chromium",
    [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--password-store=basic",
      "--disable-features=DisableLoadExtensionCommandLineSwitch",
      `--load-extension=${join(desktop.programs, "extension")}`,
      `--host-resolver-rules=MAP * 127.0.0.1:${sitePort}`,
      `--user-data-dir=${profile}`,
      url,
    ],
    "chromium",
  );
  return desktop.window("Chromium", "--class", "chromium");
}

/** Types an address into the browser in front. */
export async function visit(desktop, window, url) {
  desktop.tool("windowactivate", "--sync", window);
  desktop.tool("key", "--clearmodifiers", "ctrl+l");
  await sleep(300);
  desktop.tool("type", "--clearmodifiers", "--delay", "15", url);
  desktop.tool("key", "Return");
  await sleep(1200);
}
