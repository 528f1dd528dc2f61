// From a push message to what stands on the screen, and from a click to what is opened. Pure: the
// service worker (worker.ts) does what this says. It is part of the worker's file alone.

// What src/notify/push_channel.cc sends.
export interface Push {
  title: string;
  body: string;
  url: string; // the link to answer; empty for what wants no answer
  path: string; // the screen in this page; may be empty
  tag: string;
  is_page: boolean;
  incident_id: string;
}

export interface NoticeAction {
  action: "acknowledge" | "open";
  title: string;
}
export interface NoticeOptions {
  body: string;
  tag: string;
  renotify: boolean;
  requireInteraction: boolean;
  silent: boolean;
  icon: string;
  badge: string;
  actions: NoticeAction[];
  data: Push;
}
export interface Notice {
  title: string;
  options: NoticeOptions;
}

// The answer of POST /p/TOKEN (LinkAnswer of api/openapi.yaml).
export interface LinkAnswer {
  person: string;
  incidents: {
    number: number;
    title: string;
    is_open: boolean;
    is_rung: boolean;
    who_has_it: string;
    answered_by: string[];
  }[];
}

// A browser takes the right to push away from a page that shows nothing for a message: what cannot
// be read is shown, too.
const unread: Push = {
  title: "Tocsin has news",
  body: "Open it to see what is wrong. This browser could not read the message.",
  url: "",
  path: "/",
  tag: "unread",
  is_page: false,
  incident_id: "",
};

// Only a path of our own is opened.
const ownPath = (path: string) => (/^\/(?![/\\])/.test(path) ? path : "");

export function readPush(text: string): Push {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return unread;
  }
  if (typeof given !== "object" || given === null) return unread;
  const fields = given as Record<string, unknown>;
  const textOf = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  if (textOf("title") === "") return unread;
  return {
    title: textOf("title"),
    body: textOf("body"),
    url: textOf("url"),
    path: ownPath(textOf("path")),
    tag: textOf("tag") || "unnamed",
    is_page: fields.is_page === true,
    incident_id: textOf("incident_id"),
  };
}

// The link's path at the address from which this worker came: the page may be open at another one
// than the link names, and both lead to the same server.
export function answerPath(push: Push): string {
  return /\/p\/[\w.~-]+$/.exec(push.url)?.[0] ?? "";
}

export function noticeOf(push: Push): Notice {
  const canAnswer = push.is_page && answerPath(push) !== "";
  return {
    title: push.title,
    options: {
      body: push.body,
      tag: push.tag,
      // A repetition takes the place of what is there, and rings again.
      renotify: push.is_page,
      requireInteraction: push.is_page,
      silent: false,
      icon: "/icon-192.png",
      badge: "/badge-96.png",
      actions: [
        ...(canAnswer ? [{ action: "acknowledge", title: "Acknowledge" } as const] : []),
        ...(push.path !== "" ? [{ action: "open", title: "Open" } as const] : []),
      ],
      data: push,
    },
  };
}

// What came of an acknowledgement takes the notification's place, without a sound.
function told(push: Push, title: string, body: string): Notice {
  const { options } = noticeOf(push);
  return {
    title,
    options: {
      ...options,
      body,
      renotify: false,
      requireInteraction: false,
      silent: true,
      actions: options.actions.filter(({ action }) => action === "open"),
    },
  };
}

export function answered(push: Push, { person, incidents }: LinkAnswer): Notice {
  const open = incidents.filter((one) => one.is_open);
  const [first] = open;
  if (!first) return told(push, `It is over: ${push.title}`, "Nothing needs to be done.");
  const mine = open.filter((one) => isMine(one, person));
  if (open.length > 1) {
    const title = `You have ${mine.length} of ${open.length} incidents`;
    return told(push, title, open.map((one) => `#${one.number} ${one.title}`).join("\n"));
  }
  const what = `#${first.number} ${first.title}`;
  if (mine.length === 0) {
    return told(push, `${first.who_has_it} has it`, `${what}\nYou need not do anything.`);
  }
  const rest = first.is_rung
    ? "The policy wants more people: others are still rung."
    : "Nobody else is rung.";
  return told(push, "You have it", `${what}\n${rest}`);
}

const isMine = (one: LinkAnswer["incidents"][number], person: string) =>
  one.who_has_it === person || one.answered_by.includes(person);

// `status` of the server's answer; 0: there was none. It stays until somebody has seen it, and the
// button with it.
export function notAnswered(push: Push, status: number): Notice {
  const why =
    status === 0
      ? "The server could not be reached. Press again, or call somebody."
      : status === 401 || status === 404
        ? "The link of this message has ended. Open Tocsin to see what is wrong."
        : `The server answered ${status}. Press again, or open it.`;
  const notice = noticeOf(push);
  return { title: `Not acknowledged: ${push.title}`, options: { ...notice.options, body: why } };
}

// A window that shows it already comes to the front; no other one is taken away from what somebody
// does in it. The link to answer needs no sign-in: whoever was woken gets that.
export type Target = { focus: number } | { open: string };

export function targetOf(push: Push, action: string, windows: readonly string[]): Target {
  const screen = push.path || "/";
  const link = answerPath(push);
  const wanted = action !== "open" && push.is_page && link !== "" ? [screen, link] : [screen];
  const there = windows.findIndex((url) => wanted.includes(new URL(url).pathname));
  return there >= 0 ? { focus: there } : { open: wanted.at(-1) ?? screen };
}
