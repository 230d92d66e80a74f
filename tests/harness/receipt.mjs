/* Receipts of a device that the tests play. */

import { createSign } from "node:crypto";

const DAY = 86_400_000;
const dayText = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** A receipt as docs/formats/receipt.md has it, signed as a device signs. */
export function receiptOf(device, { revision = 1, day = Math.floor(Date.now() / DAY), state = "provisional", whole = "yes", through = device.sequence, judged = 0, canaries = "22 22", counts = [], id = device.id, epoch = device.epoch, key = device.keyPem } = {}) {
  const told = through > 0 ? `1 ${through} ${through}` : "0 0 0";
  const text = [`ward-redaction-receipt-v1`, `device ${id}`, `epoch ${epoch}`, `day ${dayText(day)}`, `revision ${revision}`, `state ${state}`, `whole ${whole}`, `made ${Date.now()}`, `batches ${told}`, `judged ${judged}`, `canaries ${canaries}`, ...counts].map((line) => `${line}\n`).join("");
  return `${text}signature ${createSign("sha256").update(text).sign(key).toString("base64url")}\n`;
}

export const sendReceipt = (device, text) => device.send("/agent/v1/receipts", text, { sequence: (device.said = Math.max(Date.now(), (device.said ?? 0) + 1)), headers: { "Content-Type": "application/x-ward-receipt" } });
