import { describe, expect, test } from "vitest";
import {
  endText,
  isUnverified,
  type NextPage,
  quietText,
  wayName,
  wayTime,
} from "../../src/oncall/ways";

const way = (channel: string, after_seconds: number | null, contact = channel, to = "") => ({
  contact,
  channel,
  to,
  after_seconds,
});
const page = (changes: Partial<NextPage> = {}): NextPage => ({
  ways: [way("push", 0)],
  keep_ringing_seconds: 0,
  quiet_hours: "",
  is_quiet: false,
  zone: "Europe/Berlin",
  ...changes,
});

describe("how a page reaches me", () => {
  test("names a way by what it is, its own name and what of its address may be shown", () => {
    expect(wayName(way("push", 0, "push", "own browsers"))).toBe("your browsers");
    expect(wayName(way("sms", 0, "phone", "+49 30 ...56"))).toBe("SMS (phone, +49 30 ...56)");
    expect(wayName(way("mail", 0))).toBe("mail");
    expect(wayName(way("slack_user", 0, "dm", "U012"))).toBe("Slack direct message (dm, U012)");
    expect(wayName(way("pigeon", 0))).toBe("pigeon");
  });

  test("says what nobody has verified", () => {
    const contact = (name: string, verified_at: string | null) => ({
      name,
      channel: "sms" as const,
      to: "+49...56",
      verified_at,
      verified_by: verified_at && "user:ada",
    });
    const contacts = [contact("phone", null), contact("mobile", "2026-11-26T08:00:00Z")];
    expect(isUnverified(way("sms", 0, "phone"), contacts)).toBe(true);
    expect(isUnverified(way("sms", 0, "mobile"), contacts)).toBe(false);
    expect(isUnverified(way("mail", 0), contacts)).toBe(false);
  });

  test("says when, with rules and without", () => {
    expect(wayTime(way("push", 0), 0)).toBe("at once");
    expect(wayTime(way("sms", 120), 1)).toBe("after 2 min, at once when the one before fails");
    expect(wayTime(way("sms", 60), 0)).toBe("after 1 min");
    expect(wayTime(way("mail", null), 0)).toBe("at once");
    expect(wayTime(way("mail", null), 1)).toBe("when the one before fails");
  });

  test("says what comes then", () => {
    expect(endText(page())).toBe("Then the next person's turn comes.");
    expect(endText(page({ keep_ringing_seconds: 600 }))).toContain(
      "10 min later, until you answer",
    );
    expect(endText(page({ ways: [] }))).toBe("");
  });

  test("does not promise that quiet hours keep a page away", () => {
    expect(quietText(page())).toBe("");
    expect(quietText(page({ quiet_hours: "daily 22:00-07:00", is_quiet: true }))).toBe(
      "Quiet hours: daily 22:00-07:00 (Europe/Berlin), now. A page rings all the same.",
    );
  });
});
