import { expect, live } from "../browser.mjs";
import { picture } from "../pictures.mjs";

export const outage = [
  {
    name: "outage: seen, acknowledged by keyboard, noted, watched to its end; no reload",
    needs: ["begin", "end"],
    async run(visit, { begin, end, patience, screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      const loads = await countLoads(page);
      await begin();
      const card = page.locator("article[data-incident]").first();
      await card.waitFor({ timeout: patience });
      await card.getByText(/being rung|Ringing/).waitFor({ timeout: patience });
      expect(/^\(\d+\)/.test(await page.title()), `the tab's title is ${await page.title()}`);
      const id = await card.getAttribute("data-incident");
      await picture(visit, screenshots, "now-outage", "/");

      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.locator("[data-timeline] li").first().waitFor();
      const path = new URL(page.url()).pathname;
      await page.locator('[data-kind="page.sent"], [data-kind^="page."]').first().waitFor();
      await page.getByText(/^(In|Now) .*(is|are) rung|Nobody comes after/).waitFor();
      await picture(visit, screenshots, "incident-ringing", path);

      await page.keyboard.press("a");
      await page.locator('[data-kind="incident.acknowledged"]').waitFor({ timeout: patience });
      await page.locator("header").getByText(/has it/).waitFor();
      await page.keyboard.press("n");
      await page.keyboard.type("the pool of connections is empty; raising it");
      await page.keyboard.press("Control+Enter");
      await page.locator("blockquote", { hasText: "raising it" }).waitFor();
      await page.keyboard.press("Escape");
      await picture(visit, screenshots, "incident-acknowledged", path);

      await end();
      await page.locator("#incident-state", { hasText: "Resolved" }).waitFor({ timeout: patience * 3 });
      await picture(visit, screenshots, "incident-resolved", path);
      await page.keyboard.press("g");
      await page.keyboard.press("n");
      await page.locator(`article[data-incident="${id}"]`).waitFor({ state: "detached" });
      await page.getByRole("region", { name: "Over in the last day" }).waitFor();
      expect((await countLoads(page)) === loads, "the page was loaded anew on the way");
    },
  },
  {
    name: "outage: acknowledged from Now, also seen in another tab",
    needs: ["standin"],
    async run(visit, { standin }) {
      const context = await visit.signedIn();
      const page = await visit.open(context, "/");
      const other = await visit.open(context, "/objectives");
      await live(page);
      await live(other);
      await standin("break");
      await other.getByText("You are being rung:").waitFor();
      await page.locator("article[data-incident]").waitFor();
      await page.keyboard.press("a");
      await page.locator("article").getByText("Ada has it").waitFor();
      await other.getByText("You are being rung:").waitFor({ state: "hidden" });
    },
  },
  {
    name: "incident: the next are rung by hand, it is had for a time, and what comes is said",
    needs: ["standin"],
    async run(visit, { standin, screenshots }) {
      visit.allow(/409.*\/escalate/);
      const context = await visit.signedIn();
      const page = await visit.open(context, "/");
      await live(page);
      await standin("break");
      await page.locator("article[data-incident] a").first().click();
      const rung = page.getByRole("region", { name: "Who was rung" });
      await rung.getByText(/^In .*Grace \(via schedule backup\) is rung/).waitFor();
      await rung.getByRole("button", { name: "Ring the next now" }).click();
      await rung.getByText("Nobody comes after this").waitFor();
      await rung.getByRole("button", { name: "Ring the next now" }).click();
      await rung.getByRole("alert").filter({ hasText: "there is nobody else to ring" }).waitFor();
      await rung.getByLabel("How long I have it").selectOption("1 hour");
      await rung.getByRole("button", { name: "Snooze" }).click();
      await rung.getByText(/Ada has it for now/).waitFor();
      await rung.getByText(/it rings again from the first step/).waitFor();
      expect((await rung.getByRole("alert").count()) === 0, "the refusal is still shown");
      await picture(visit, screenshots, "incident-snoozed", new URL(page.url()).pathname);
    },
  },
  {
    name: "incident: a channel is opened for it, once; what the server refuses is said",
    needs: ["standin"],
    async run(visit, { standin }) {
      visit.allow(/400.*\/channel/);
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      await standin("break");
      await page.locator("article[data-incident] a").first().click();
      const rung = page.getByRole("region", { name: "Who was rung" });
      const open = rung.getByRole("button", { name: "Open a channel" });
      // A server without Slack.
      const message = "there is no Slack app; set notify.slack.token in tocsin.yaml";
      const refusal = { error: { code: "failed_precondition", message, request_id: "req_1" } };
      await page.route("**/channel", (route) => route.fulfill({ status: 400, json: refusal }));
      await open.click();
      await rung.getByRole("alert").filter({ hasText: "there is no Slack app" }).waitFor();
      await page.unroute("**/channel");
      await open.click();
      await open.waitFor({ state: "detached" });
      expect((await rung.getByRole("alert").count()) === 0, "the refusal is still shown");
      await rung.getByRole("button", { name: "Snooze" }).waitFor();
      await page.locator('[data-kind="incident.channel_wanted"]').getByText("asked for a channel").waitFor();
      const link = page.getByRole("link", { name: /^#inc-\d+-checkout$/ });
      await link.waitFor();
      expect((await link.getAttribute("href")).endsWith("/archives/C0INC"), "it leads elsewhere");
    },
  },
  {
    name: "incident: a refused move keeps what was chosen and says why",
    needs: ["standin"],
    async run(visit, { standin }) {
      visit.allow(/400.*\/state/);
      await standin("break");
      const page = await visit.open(await visit.signedIn(), "/");
      await page.locator("article[data-incident] a").first().click();
      const form = page.getByRole("region", { name: "Move it on" });
      await form.getByLabel("State").selectOption("resolved");
      await form.getByRole("button", { name: "Save" }).click();
      await form.getByRole("alert").filter({ hasText: "still fire" }).waitFor();
      expect((await form.getByLabel("State").inputValue()) === "resolved", "the choice is lost");
      await form.getByLabel("State").selectOption("mitigating");
      await form.getByLabel("Why").fill("rolled back");
      await form.getByRole("button", { name: "Save" }).click();
      await page.locator("#incident-state", { hasText: "Mitigating" }).waitFor();
      await page.locator("blockquote", { hasText: "rolled back" }).waitFor();
    },
  },
];

function countLoads(page) {
  return page.evaluate(() => performance.getEntriesByType("navigation")[0].startTime + performance.timeOrigin);
}
