import { desktop, expect, live, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

export const calm = [
  {
    name: "now: calm says what is watched and when data last came",
    async run(visit, { screenshots, standin }) {
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      if (standin) await page.getByRole("heading", { name: "All is well" }).waitFor();
      await page.getByText(/objectives? of \d+ services?/).waitFor();
      await page.getByText(/Last data:? .*(just now|ago)/).first().waitFor();
      expect((await page.title()).startsWith("Now"), `the title is ${await page.title()}`);
      await picture(visit, screenshots, "now-calm", "/");
    },
  },
  {
    name: "now: objectives without data and the operators' trouble are seen",
    needs: ["standin"],
    async run(visit, { standin, screenshots }) {
      await standin("silence");
      await standin("trouble");
      await standin("ticket");
      const page = await visit.open(await visit.signedIn(), "/");
      await page.getByRole("heading", { name: "Nothing is known to be wrong" }).waitFor();
      const noData = page.getByRole("region", { name: "No data" });
      await noData.getByRole("link", { name: "Stock is true within a minute" }).waitFor();
      await page.getByText("check notify.mail.password").waitFor();
      const mend = page.getByRole("region", { name: "For the operators of Tocsin" });
      await mend.getByText(/ada by pager .*channel ops of policy payments .*set notify\.allow_private_webhooks: true/).waitFor();
      const tickets = page.getByRole("region", { name: "Tickets" });
      await tickets.getByRole("link", { name: "Search: the budget burns slowly" }).waitFor();
      const small = await visit.open(await visit.signedIn({ size: phone }), "/");
      await small.getByText("ada by pager").waitFor();
      expect((await overflow(small)) <= 0, `the operators' trouble is ${await overflow(small)} px too wide for a phone`);
      await picture(visit, screenshots, "now-no-data", "/");
    },
  },
  {
    name: "keys: the list of keys opens, chords go, and single keys can be off",
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/");
      await page.keyboard.press("?");
      await page.getByRole("heading", { name: "Keys" }).waitFor();
      await page.getByLabel("Off").check();
      await page.keyboard.press("Escape");
      await page.getByRole("heading", { name: "Keys" }).waitFor({ state: "hidden" });
      await page.keyboard.press("g");
      await page.keyboard.press("o");
      expect(new URL(page.url()).pathname === "/", "a key worked though keys are off");
      await page.getByRole("button", { name: "Keys" }).click();
      await page.getByLabel("All keys").check();
      await page.keyboard.press("Escape");
      await page.keyboard.press("g");
      await page.keyboard.press("o");
      await page.getByRole("heading", { name: "Objectives", level: 1 }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("n");
      await page.waitForURL("**/");
      await page.keyboard.press("j");
      const row = await page.evaluate(() => document.activeElement?.hasAttribute("data-row"));
      expect(row, "j did not go to the first row");
    },
  },
  {
    name: "theme: the choice is kept by the server's page, without a flash",
    async run(visit) {
      const context = await visit.signedIn({ theme: "light" });
      const page = await visit.open(context, "/");
      await page.getByRole("button", { name: /^Theme: light/ }).click();
      await page.reload();
      const html = await (await page.request.get("/", { headers: { accept: "text/html" } })).text();
      expect(html.includes('data-theme="dark"'), "the server's page does not carry the theme");
      await page.getByRole("button", { name: /^Theme: dark/ }).waitFor();
    },
  },
  {
    name: "width: no screen is wider than a phone of 320 px, nor than a desktop",
    async run(visit, { standin }) {
      await standin?.("silence");
      for (const size of [phone, desktop]) {
        const context = await visit.signedIn({ size });
        for (const path of ["/", "/objectives"]) {
          const page = await visit.open(context, path);
          expect((await overflow(page)) <= 0, `${path} at ${size.width} px is ${await overflow(page)} px too wide`);
          await page.close();
        }
      }
    },
  },
];
