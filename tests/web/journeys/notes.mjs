// What whoever goes off call leaves for who comes.
import { axe, expect, live, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const path = "/oncall/schedules/payments";

export const notes = [
  {
    name: "hand-off notes: what was left is read, the next one is begun from a draft and left",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      visit.allow(/409.*\/hand-off-notes/);
      const context = await visit.signedIn();
      const page = await visit.open(context, "/oncall");
      const you = page.getByRole("region", { name: "You", exact: true });
      await you.locator("[data-received]").getByText("The second relay is flaky").waitFor();
      await you.getByRole("link", { name: "Leave a note for who comes next" }).click();
      const panel = page.getByRole("region", { name: "Hand-off notes" });
      // As it was typed: Markdown stays text.
      await panel.locator("[data-received]").getByText("**PaymentsFail**").waitFor();
      await panel.getByText("1 older note").click();
      await panel.locator("[data-older]").getByText("All calm.").waitFor();
      const field = panel.getByLabel("For who comes next");
      const leave = panel.getByRole("button", { name: "Leave it" });
      expect(await leave.isDisabled(), "an empty note can be left");
      await panel.getByRole("button", { name: "Put in what happened" }).click();
      await page.waitForFunction(() => document.querySelector("textarea")?.value.includes("Incidents:"));
      await field.press("Control+End");
      await field.pressSequentially("mind the gap");
      await leave.click();
      await panel.getByText("It can be changed until the next hand-off").waitFor();
      // Somebody else writes while this one is edited.
      await field.press("Control+End");
      await field.pressSequentially("!");
      const { open } = await (await page.request.get("/api/v1/schedules/payments/hand-off-notes")).json();
      expect(open.text.endsWith("mind the gap"), open.text);
      await page.request.put("/api/v1/schedules/payments/hand-off-notes", {
        headers: { "x-tocsin": "1" },
        data: { text: "theirs", seen: open.updated },
      });
      await leave.click();
      const theirs = panel.locator("[data-theirs]");
      await theirs.getByText("theirs", { exact: true }).waitFor();
      expect((await field.inputValue()).endsWith("gap!"), "what was typed is gone");
      await theirs.getByRole("button", { name: "Go on with mine" }).click();
      await leave.click();
      await panel.getByText("It can be changed until the next hand-off").waitFor();
      expect((await field.inputValue()).endsWith("gap!"), "mine was not left");
      for (const fault of await axe(page)) visit.fault(fault);
      await picture(visit, screenshots, "schedule-notes", path);
      await picture(visit, screenshots, "oncall-notes", "/oncall");
      await field.fill("");
      await panel.getByRole("button", { name: "Remove it" }).click();
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    },
  },
  {
    name: "hand-off notes: one's own is not taken for another's while it is on its way",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn();
      const page = await visit.open(context, path);
      await live(page);
      const field = page.getByLabel("For who comes next");
      await field.fill("on its way");
      // The stream tells of the note before the answer comes.
      const isRead = page.waitForResponse(
        async (answer) =>
          answer.url().endsWith("/hand-off-notes") &&
          answer.request().method() === "GET" &&
          (await answer.text()).includes("on its way"),
      );
      let letGo;
      const held = new Promise((resolve) => {
        letGo = resolve;
      });
      await page.route("**/hand-off-notes", async (route) => {
        if (route.request().method() !== "PUT") return route.continue();
        const response = await route.fetch();
        await held;
        return route.fulfill({ response });
      });
      await page.getByRole("button", { name: "Leave it" }).click();
      await isRead;
      // What was read is drawn with the next frames.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      expect((await page.getByRole("button", { name: "Leaving…" }).count()) === 1, "it is not on its way");
      expect((await page.locator("[data-theirs]").count()) === 0, "one's own is shown as another's");
      letGo();
      await page.getByText("It can be changed until the next hand-off").waitFor();
      await field.fill("");
      await page.getByRole("button", { name: "Remove it" }).click();
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    },
  },
  {
    name: "hand-off notes: others read them, and the smallest phone shows a long one",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn({ size: phone });
      const page = await visit.open(context, path);
      const field = page.getByLabel("For who comes next");
      await field.fill(`${"x".repeat(300)} ${"ü ".repeat(5_000)}`);
      await page.getByRole("alert").filter({ hasText: "too many" }).waitFor();
      await field.fill("https://runbooks.example.org/".padEnd(200, "a"));
      await page.getByRole("button", { name: "Leave it" }).click();
      await page.getByText("It can be changed until").waitFor();
      const over = await overflow(page);
      expect(over <= 0, `${over} px too wide`);
      const shop = await visit.open(context, "/oncall/schedules/shop");
      await shop.getByText("No note for who comes next yet").waitFor();
      expect((await shop.locator("textarea").count()) === 0, "others may write");
    },
  },
];
