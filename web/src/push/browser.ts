// Whether this browser can be rung, and switching it on and off. Only what the person clicks asks
// for anything.
import { call } from "../api/client";
import { browserName } from "./name";

export type Support = "ready" | "insecure" | "needs-home-screen" | "unsupported";

export interface Surroundings {
  isSecure: boolean;
  hasWorker: boolean;
  hasPush: boolean;
  hasNotifications: boolean;
  isApple: boolean; // iPhone or iPad
}

// iOS knows push only in a page that was added to the Home Screen
// (https://webkit.org/blog/13878/web-push-for-web-apps-on-ios-and-ipados/).
export function supportOf(here: Surroundings): Support {
  if (!here.isSecure) return "insecure";
  if (here.hasWorker && here.hasPush && here.hasNotifications) return "ready";
  return here.isApple ? "needs-home-screen" : "unsupported";
}

export function surroundings(): Surroundings {
  const { userAgent, maxTouchPoints } = navigator;
  return {
    isSecure: isSecureContext,
    hasWorker: "serviceWorker" in navigator,
    hasPush: "PushManager" in window,
    hasNotifications: "Notification" in window,
    // An iPad says that it is a Mac.
    isApple:
      /\b(iPhone|iPad)\b/.test(userAgent) ||
      (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1),
  };
}

const workerUrl = "/sw.js";

interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

let script: string | undefined;

// A URL becomes code here; the content security policy names this policy.
function workerScript(): string {
  if (script !== undefined) return script;
  const factory = (globalThis as unknown as { trustedTypes?: PolicyFactory }).trustedTypes;
  const policy = factory?.createPolicy("app-push", {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError(`not the push worker: ${url}`);
      return url;
    },
  });
  script = policy?.createScriptURL(workerUrl) ?? workerUrl;
  return script;
}

async function registered(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(workerScript(), { updateViaCache: "none" });
  return navigator.serviceWorker.ready;
}

export async function subscriptionHere(): Promise<PushSubscription | null> {
  // Over plain HTTP a browser offers no workers, so nothing can be subscribed.
  if (!("serviceWorker" in navigator)) return null;
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

export class Refused extends Error {}

// From "may it" to "the server knows": safe to do again.
export async function ringHere(): Promise<void> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") throw new Refused("The browser was not allowed to notify you");
  const registration = await registered();
  const { key } = await call("get", "/api/v1/push/key", {});
  const subscription = await subscribe(registration.pushManager, key);
  const { endpoint, expirationTime, keys } = subscription.toJSON();
  await call("post", "/api/v1/push/subscriptions", {
    body: {
      endpoint: endpoint ?? "",
      expirationTime: expirationTime ?? null,
      keys: { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" },
      name: browserName(navigator.userAgent),
    },
  });
}

async function subscribe(manager: PushManager, key: string): Promise<PushSubscription> {
  const how = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await manager.subscribe(how);
  } catch (error) {
    // Subscribed with another key: that of another installation which had this address before.
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(how);
  }
}

// The server forgets a browser first: one that still has its subscription can be told so again, but
// one that the server knows and that is gone would take part in each page.
export async function removeBrowser(id: string): Promise<void> {
  await call("delete", "/api/v1/push/subscriptions/{id}", { path: { id } });
  const here = await subscriptionHere();
  if (here && (await idOf(here.endpoint)) === id) await here.unsubscribe();
}

// What the server calls a browser in its list (PushSubscription of api/openapi.yaml).
export async function idOf(endpoint: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes("browser"), how, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(endpoint)));
  const base64 = btoa(String.fromCharCode(...mac));
  return base64.replaceAll("+", "-").replaceAll("/", "_").slice(0, 22);
}
