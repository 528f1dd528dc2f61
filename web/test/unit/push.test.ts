import { describe, expect, test, vi } from "vitest";
import { idOf, subscriptionHere, supportOf } from "../../src/push/browser";
import { browserName } from "../../src/push/name";
import {
  answered,
  answerPath,
  type LinkAnswer,
  notAnswered,
  noticeOf,
  type Push,
  readPush,
  targetOf,
} from "../../src/push/notice";

const page: Push = {
  title: "SEV-1 checkout: customers cannot pay",
  body: "412 payments have failed",
  url: "https://tocsin.example.org/p/AQBp-x_9",
  path: "/incidents/inc_1",
  tag: "incident inc_1",
  is_page: true,
  incident_id: "inc_1",
};
const notice: Push = { ...page, url: "", path: "/oncall/schedules/payments", is_page: false };
const one = (changes: Partial<LinkAnswer["incidents"][number]> = {}) => ({
  number: 12,
  title: "checkout: customers cannot pay",
  is_open: true,
  is_rung: false,
  who_has_it: "ada",
  answered_by: ["ada"],
  ...changes,
});

describe("a push message", () => {
  test("is what the server sent, and fields of later versions do not hurt", () => {
    expect(readPush(JSON.stringify({ version: 2, ...page, more: [1] }))).toEqual(page);
  });

  test("that cannot be read is shown, too", () => {
    for (const text of ["", "no json", "null", "[]", '{"title":7}', '{"body":"x"}']) {
      expect(noticeOf(readPush(text)).title).toBe("Tocsin has news");
    }
  });

  test("opens nothing but paths of our own", () => {
    for (const path of ["https://example.org/", "//example.org/x", "/\\example.org", "x"]) {
      expect(readPush(JSON.stringify({ ...page, path })).path).toBe("");
    }
    expect(answerPath({ ...page, url: "https://example.org/tocsin/p/AQBp" })).toBe("/p/AQBp");
    expect(answerPath({ ...page, url: "https://example.org/p/AQBp/../x" })).toBe("");
  });
});

describe("a notification", () => {
  test("of a page stays, rings again in its place, and can be answered", () => {
    const { options } = noticeOf(page);
    expect(options).toMatchObject({ requireInteraction: true, renotify: true, tag: page.tag });
    expect(options.actions.map(({ action }) => action)).toEqual(["acknowledge", "open"]);
  });

  test("of anything else goes by itself and wants no answer", () => {
    const { options } = noticeOf(notice);
    expect(options).toMatchObject({ requireInteraction: false, renotify: false });
    expect(options.actions.map(({ action }) => action)).toEqual(["open"]);
  });

  test("of a page without a link has no button that could not work", () => {
    const { options } = noticeOf({ ...page, url: "", path: "" });
    expect(options.actions).toEqual([]);
  });
});

describe("what came of an answer", () => {
  const says = (...incidents: LinkAnswer["incidents"]) => {
    const told = answered(page, { person: "ada", incidents });
    expect(told.options).toMatchObject({ tag: page.tag, silent: true, requireInteraction: false });
    return `${told.title} | ${told.options.body}`;
  };

  test("takes the page's place, without a sound", () => {
    expect(says(one())).toBe(
      "You have it | #12 checkout: customers cannot pay\nNobody else is rung.",
    );
    expect(says(one({ who_has_it: "grace", answered_by: ["grace"] }))).toContain("grace has it |");
    expect(says(one({ is_open: false }))).toContain("It is over: SEV-1 checkout");
    expect(says()).toContain("It is over");
  });

  test("says when the policy wants more people", () => {
    const text = says(one({ who_has_it: "", is_rung: true }));
    expect(text).toContain("You have it");
    expect(text).toContain("others are still rung");
  });

  test("of a bundle counts", () => {
    const other = one({ number: 13, who_has_it: "grace", answered_by: ["grace"] });
    expect(says(one(), other)).toContain("You have 1 of 2 incidents | #12 checkout");
  });

  test("that did not arrive keeps the button and says what to do", () => {
    const says = (status: number) => notAnswered(page, status);
    expect(says(0).options.body).toContain("could not be reached");
    expect(says(401).options.body).toContain("has ended");
    expect(says(503).options.body).toContain("answered 503");
    expect(says(0).options).toMatchObject({ requireInteraction: true, tag: page.tag });
    expect(says(0).options.actions[0]?.action).toBe("acknowledge");
  });
});

describe("a click", () => {
  const at = (path: string) => `https://tocsin.example.org${path}`;

  test("opens the link of a page, which needs no sign-in", () => {
    expect(targetOf(page, "", [])).toEqual({ open: "/p/AQBp-x_9" });
    expect(targetOf(page, "open", [])).toEqual({ open: "/incidents/inc_1" });
    expect(targetOf(notice, "", [])).toEqual({ open: "/oncall/schedules/payments" });
    expect(targetOf({ ...notice, path: "" }, "", [])).toEqual({ open: "/" });
  });

  test("brings a window to the front that shows it, and disturbs no other", () => {
    expect(targetOf(page, "", [at("/"), at("/incidents/inc_1?x=1")])).toEqual({ focus: 1 });
    expect(targetOf(page, "", [at("/p/AQBp-x_9")])).toEqual({ focus: 0 });
    expect(targetOf(page, "open", [at("/p/AQBp-x_9"), at("/")])).toEqual({
      open: "/incidents/inc_1",
    });
  });
});

describe("this browser", () => {
  test("has no subscription where it offers no workers, as over plain HTTP", async () => {
    vi.stubGlobal("navigator", {});
    expect(await subscriptionHere()).toBeNull();
    vi.unstubAllGlobals();
  });
  const ready = {
    isSecure: true,
    hasWorker: true,
    hasPush: true,
    hasNotifications: true,
    isApple: false,
  };

  test("can be rung, or says why not", () => {
    expect(supportOf(ready)).toBe("ready");
    expect(supportOf({ ...ready, isSecure: false, hasWorker: false })).toBe("insecure");
    expect(supportOf({ ...ready, hasPush: false })).toBe("unsupported");
    expect(supportOf({ ...ready, hasPush: false, isApple: true })).toBe("needs-home-screen");
    expect(supportOf({ ...ready, isApple: true })).toBe("ready");
  });

  test("has a name", () => {
    const names: Record<string, string> = {
      "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0": "Firefox on Android",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0":
        "Edge on Windows",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1":
        "Safari on iPhone",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36":
        "Chrome on Linux",
      curl: "A browser",
    };
    for (const [agent, name] of Object.entries(names)) expect(browserName(agent)).toBe(name);
  });

  // The same as PushSubscription::id() of src/notify/push_book.cc.
  test("finds itself in the server's list", async () => {
    expect(await idOf("https://push.example.net/a")).toHaveLength(22);
    expect(await idOf("https://push.example.net/a")).toBe("Wfrq3iWErZBjoUxE6ghcXz");
  });
});
