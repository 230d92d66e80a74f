/* TOTP codes (RFC 6238), made apart from Ward's own code. */

import { createHmac } from "node:crypto";

function base32(text) {
  let bits = "";
  for (const letter of text.replaceAll(/[\s=]/g, "").toUpperCase()) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** The code of a base32 seed at a moment, so many steps away. */
export function totp(seed, { at = Date.now(), steps = 0 } = {}) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000) + steps));
  const digest = createHmac("sha1", base32(seed)).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
