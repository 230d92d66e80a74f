/*
 * A device that speaks Ward's wire from the documents alone (docs/formats/wire.md, lib/net/tag.h), so that tests can also say what no agent of ours would
 */

import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";

import { fetchFrom } from "./ward.mjs";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function varint(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out = [];
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(out);
}

const zigzag = (value) => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
const field = (number, type) => varint((number << 3) | type);
const number = (at, value) => Buffer.concat([field(at, 0), varint(value)]);
const bytes = (at, value) => Buffer.concat([field(at, 2), varint(Buffer.byteLength(value)), Buffer.from(value)]);
const column = (at, values) => (values.length ? bytes(at, Buffer.concat(values.map((value) => varint(value)))) : Buffer.alloc(0));

/**
 * A batch as protobuf, not compressed. spans: { start, duration, application, domain?, title?, state?, account? };
 * counts: { day, application, domain?, kind, count, account? }; rules: { version, hash } each, the service's first; found: { day, rule, count }; judged: { day, count }.
 */
export function encodeBatch({ device, epoch, sequence, accounts = ["robin"], spans = [], counts = [], format = 1, offset = 0, rules = [], found = [], judged = [] }) {
  const strings = [];
  const stringOf = (text) => {
    if (!text) return 0;
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text) + 1;
  };
  let end = 0;
  const gaps = spans.map((span) => {
    const gap = zigzag(span.start - end);
    end = span.start + span.duration;
    return gap;
  });
  const rows = spans.map((span) => [stringOf(span.application), stringOf(span.domain), stringOf(span.title)]);
  const countRows = counts.map((count) => [stringOf(count.application), stringOf(count.domain)]);
  return Buffer.concat([
    number(1, format),
    bytes(2, device),
    number(3, epoch),
    number(4, sequence),
    number(5, zigzag(Date.now())),
    number(6, zigzag(offset)),
    ...strings.map((text) => bytes(8, text)),
    ...accounts.map((name) => bytes(9, name)),
    column(16, gaps),
    column(17, spans.map((span) => span.duration)),
    column(18, spans.map((span) => span.account ?? 0)),
    column(19, rows.map((row) => row[0])),
    column(20, rows.map((row) => row[1])),
    column(21, rows.map((row) => row[2])),
    column(22, spans.map((span) => span.state ?? 0)),
    column(32, counts.map((count) => count.account ?? 0)),
    column(33, counts.map((count) => zigzag(count.day))),
    column(34, countRows.map((row) => row[0])),
    column(35, countRows.map((row) => row[1])),
    column(36, counts.map((count) => count.kind)),
    column(37, counts.map((count) => count.count)),
    ...rules.map((set) => bytes(72, set.version)),
    ...rules.map((set) => bytes(73, Buffer.from(set.hash, "hex"))),
    column(74, found.map((one) => zigzag(one.day))),
    ...found.map((one) => bytes(75, one.rule)),
    column(76, found.map((one) => one.count)),
    column(77, judged.map((one) => zigzag(one.day))),
    column(78, judged.map((one) => one.count)),
  ]);
}

/** Live: the unfinished spans of a device, { account, start, duration, application, domain?, state? } each. */
export function encodeLive(spans, { waiting = 0, offset = 0 } = {}) {
  const now = Date.now();
  return Buffer.concat([
    number(1, zigzag(now)),
    number(2, zigzag(offset)),
    number(3, waiting),
    bytes(4, "0.0.1"),
    ...spans.map((span) => bytes(8, span.account)),
    column(10, spans.map((span) => zigzag(span.start))),
    column(11, spans.map((span) => span.duration)),
    column(12, spans.map((span) => span.state ?? 0)),
    ...spans.map((span) => bytes(13, span.application)),
    ...spans.map((span) => bytes(14, span.domain ?? "")),
  ]);
}

/** What a sensor tells its service: { start, duration, application } each. */
export function encodeReport(spans) {
  return Buffer.concat([
    column(1, spans.map((span) => zigzag(span.start))),
    column(2, spans.map((span) => span.duration)),
    ...spans.map((span) => bytes(4, span.application)),
  ]);
}

/** A frame of the local socket (docs/formats/wire.md). */
export function frame(kind, body = "") {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + Buffer.byteLength(body));
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}

export const compress = (plain) => zstdCompressSync(plain, { pledgedSrcSize: plain.length });

function openssl(directory, ...words) {
  return execFileSync("openssl", words, { cwd: directory, stdio: ["ignore", "pipe", "ignore"] });
}

export class Device {
  /** Reads a package; enrol() is the next step. */
  constructor(ward, file, name = "simulated") {
    this.ward = ward;
    this.package = typeof file === "string" ? JSON.parse(readFileSync(file, "utf8")) : file;
    this.name = name;
    this.instanceKey = Buffer.from(this.package.instance_key, "base64url");
    this.sequence = 0;
  }

  static async enrolled(ward, name = "simulated") {
    const file = join(ward.directory, `${name}.json`);
    ward.cli("enrol", "package", "--out", file, "--server", "127.0.0.1");
    const device = new Device(ward, file, name);
    const answer = await device.enrol();
    if (answer.status !== 201) throw new Error(`${answer.status}: ${answer.text}`);
    return device;
  }

  tag({ method, path, device, epoch, sequence, body }) {
    const digest = createHash("sha256").update(body).digest("hex");
    return createHmac("sha256", this.instanceKey).update(`ward-request-v1\n${method}\n${path}\n${device}\n${epoch}\n${sequence}\n${digest}`).digest("hex");
  }

  makeRequest() {
    const directory = this.ward.directory;
    this.keyFile = join(directory, `${this.name}.key`);
    this.keyPem = openssl(directory, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256").toString();
    writeFileSync(this.keyFile, this.keyPem, { mode: 0o600 });
    return openssl(directory, "req", "-new", "-key", this.keyFile, "-subj", "/CN=anything", "-outform", "DER");
  }

  async enrol({ token = this.package.token, instanceKey, tagged = true } = {}) {
    const path = "/api/v1/enrol";
    const body = JSON.stringify({ token, request: this.makeRequest().toString("base64url"), host_name: this.name, version: "0.0.1" });
    const kept = this.instanceKey;
    if (instanceKey) this.instanceKey = instanceKey;
    const tag = this.tag({ method: "POST", path, device: "", epoch: 0, sequence: 0, body });
    this.instanceKey = kept;
    const answer = await fetchFrom({
      port: this.ward.people,
      method: "POST",
      path,
      servername: "ward-agents",
      headers: { "Content-Type": "application/json", ...(tagged ? { "Ward-Tag": tag } : {}) },
      body,
    });
    if (answer.status === 201) {
      const enrolled = answer.json;
      this.id = enrolled.device;
      this.epoch = enrolled.epoch;
      const der = Buffer.from(enrolled.certificate, "base64url").toString("base64").match(/.{1,64}/g).join("\n");
      this.certificatePem = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
    }
    return answer;
  }

  /** One request with certificate and tag; any of its parts may be replaced by a wrong one. */
  send(path, body, { method = "POST", sequence, device = this.id, epoch = this.epoch, tag, cert = this.certificatePem, key = this.keyPem, headers = {}, agent } = {}) {
    const bodyBytes = Buffer.from(body ?? "");
    return fetchFrom({
      port: this.ward.agents,
      method,
      path,
      servername: "ward-agents",
      ca: this.package.ca,
      rejectUnauthorized: true,
      cert,
      key,
      agent,
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": bodyBytes.length,
        "Ward-Device": device,
        "Ward-Epoch": String(epoch),
        "Ward-Sequence": String(sequence),
        "Ward-Tag": tag ?? this.tag({ method, path, device, epoch, sequence, body: bodyBytes }),
        ...headers,
      },
      body: bodyBytes,
    });
  }

  /** The next batch of spans, sent as agents do. */
  batch(spans, { sequence = ++this.sequence, more = {}, options = {} } = {}) {
    const plain = encodeBatch({ device: Buffer.from(this.id, "hex"), epoch: this.epoch, sequence, spans, ...more });
    return this.send("/agent/v1/batches", compress(plain), { sequence, ...options });
  }

  /** What is in front now, sent as agents do: such a request's sequence is the time. */
  live(spans, { more = {}, options = {} } = {}) {
    this.liveSequence = Math.max(Date.now(), (this.liveSequence ?? 0) + 1);
    return this.send("/agent/v1/live", encodeLive(spans, more), { sequence: this.liveSequence, ...options });
  }
}

/** So many spans of a minute each, back to back, the last ending now. */
export function minutes(count, { application = "xterm", before = 0, domain } = {}) {
  const end = Date.now() - before;
  return Array.from({ length: count }, (_, at) => ({ start: end - (count - at) * 60_000, duration: 60_000, application, domain }));
}

export { hex };
