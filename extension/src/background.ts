/*
 * Tells the sensor which site is in front, over native messaging
 *
 * The port keeps the service worker alive; when the sensor is not there the port closes, and it is tried again after a pause
 * that doubles up to five minutes.
 */

import { focusOf, NOTHING, sameFocus, type Focus } from "./focus.ts";

const HOST = "org.ward.sensor";
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 300_000;
/* The sensor forgets what it has not heard for a minute. */
const REPEAT_MS = 20_000;

let port: chrome.runtime.Port | undefined;
let told: Focus | undefined;
let retryMs = RETRY_MIN_MS;

function connect(): void {
  port = chrome.runtime.connectNative(HOST);
  told = undefined;
  port.onDisconnect.addListener(() => {
    /* Reading it keeps the browser from reporting it as unchecked. */
    void chrome.runtime.lastError;
    port = undefined;
    setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
  });
  void tell();
}

async function inFront(): Promise<Focus> {
  const window = await chrome.windows.getLastFocused({ windowTypes: ["normal", "popup", "app"] }).catch(() => undefined);
  if (!window?.focused || window.id === undefined) return NOTHING;
  const [tab] = await chrome.tabs.query({ active: true, windowId: window.id });
  return focusOf(tab, true);
}

async function tell(): Promise<void> {
  const focus = await inFront();
  if (!port || (told && sameFocus(told, focus))) return;
  port.postMessage(focus);
  told = focus;
  retryMs = RETRY_MIN_MS;
}

function tellNow(): void {
  void tell();
}

chrome.tabs.onActivated.addListener(tellNow);
chrome.tabs.onRemoved.addListener(tellNow);
chrome.tabs.onUpdated.addListener((_tabId, change) => {
  if (change.url !== undefined || change.audible !== undefined || change.status === "complete") tellNow();
});
chrome.windows.onFocusChanged.addListener(tellNow);
chrome.windows.onRemoved.addListener(tellNow);
chrome.runtime.onStartup.addListener(() => undefined);
setInterval(() => {
  told = undefined;
  tellNow();
}, REPEAT_MS);

connect();
