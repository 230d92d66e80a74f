/* A security key in software: a P-256 credential that answers as a browser and its authenticator would, or as a test wants it to. */

import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";

const UP = 1;
const UV = 4;
const AT = 0x40;
const sha256 = (data) => createHash("sha256").update(data).digest();
const head = (major, number) => (number < 24 ? Buffer.from([(major << 5) | number]) : number < 256 ? Buffer.from([(major << 5) | 24, number]) : Buffer.from([(major << 5) | 25, number >> 8, number & 255]));
const words = (text) => Buffer.concat([head(3, text.length), Buffer.from(text)]);
const bytes = (data) => Buffer.concat([head(2, data.length), data]);

export class SoftKey {
  /** origin: of the page that asks; party: of the credential. */
  constructor(origin, { party = new URL(origin).hostname, counter = 1 } = {}) {
    Object.assign(this, { origin, party, counter });
    this.id = randomBytes(32);
    this.pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  }

  cose() {
    const { x, y } = this.pair.publicKey.export({ format: "jwk" });
    return Buffer.concat([Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]), bytes(Buffer.from(x, "base64url")), Buffer.from([0x22]), bytes(Buffer.from(y, "base64url"))]);
  }

  data(flags, more = Buffer.alloc(0)) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(this.party), Buffer.from([flags]), counter, more]);
  }

  client(type, challenge, more = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...more }));
  }

  /** The body of POST /passkeys for what POST /passkeys/begin offered. */
  make(offer, { name = "Key", client = {}, challenge = offer.challenge } = {}) {
    this.handle = offer.user_handle;
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, this.cose()]);
    const attestation = Buffer.concat([head(5, 3), words("fmt"), words("none"), words("attStmt"), head(5, 0), words("authData"), bytes(this.data(UP | UV | AT, credential))]);
    return {
      challenge,
      client: this.client("webauthn.create", offer.challenge, client).toString("base64url"),
      attestation: attestation.toString("base64url"),
      transports: ["usb", "nfc"],
      name,
    };
  }

  /** The body that proves the key for what was asked; the counter grows by itself. */
  prove(question, { verified = true, client = {}, challenge = question.challenge, step = 1, signer = this, handle = this.handle } = {}) {
    this.counter += step;
    const text = this.client("webauthn.get", question.challenge, client);
    const data = this.data(UP | (verified ? UV : 0));
    const signature = createSign("sha256").update(Buffer.concat([data, sha256(text)])).sign(signer.pair.privateKey);
    return {
      challenge,
      id: this.id.toString("base64url"),
      client: text.toString("base64url"),
      authenticator: data.toString("base64url"),
      signature: signature.toString("base64url"),
      ...(handle ? { user_handle: handle } : {}),
    };
  }
}
