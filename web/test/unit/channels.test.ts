import { expect, test } from "vitest";
import { channelName, channels } from "../../src/words/channels";

test("every channel has a name of its own, and an unknown one keeps what the server calls it", () => {
  const names = channels.map(channelName);
  expect(new Set(names).size).toBe(channels.length);
  expect(names.filter((name) => name.includes("_"))).toEqual([]);
  expect(channelName("slack_user")).toBe("Slack direct message");
  expect(channelName("pigeon")).toBe("pigeon");
  expect(channelName("constructor")).toBe("constructor");
  expect(channelName("")).toBe("");
});
