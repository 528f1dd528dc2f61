import { expect, live } from "../browser.mjs";

export const line = [
  {
    name: "line: twenty tabs are live over one stream",
    async run(visit, { standin, baseUrl }) {
      const context = await visit.signedIn();
      const pages = [];
      for (let i = 0; i < 20; i++) {
        const page = await context.newPage();
        await page.goto(i % 2 === 0 ? "/" : "/objectives");
        pages.push(page);
      }
      for (const page of pages) await live(page);
      if (!standin) return;
      const { streams } = await (await fetch(`${baseUrl}/standin/streams`)).json();
      expect(streams === 1, `${streams} streams are open`);
      await standin("break");
      for (const page of pages) {
        await page.waitForFunction(() => document.title.startsWith("(1)"));
      }
    },
  },
  {
    name: "line: a lost stream is said, mended by itself, and nothing is missed",
    needs: ["standin"],
    async run(visit, { standin }) {
      visit.allow(/ERR_|Failed to load resource/);
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      await standin("deaf");
      await page.getByRole("alert").filter({ hasText: "Not live since" }).waitFor();
      await page.getByRole("heading", { name: "All was well when last seen" }).waitFor();
      await standin("break");
      await standin("hear");
      await page.getByRole("button", { name: "Try now" }).click();
      await live(page);
      await page.locator("article[data-incident]").waitFor();
      await page.getByRole("alert").filter({ hasText: "Not live since" }).waitFor({ state: "hidden" });
    },
  },
  {
    name: "line: another build on the server shows the version chip",
    needs: ["standin"],
    async run(visit, { standin }) {
      visit.allow(/ERR_|Failed to load resource/);
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      await standin("build");
      await page.getByRole("button", { name: "New version: reload" }).waitFor();
    },
  },
  {
    name: "line: a browser without shared workers is live too",
    async run(visit) {
      const context = await visit.signedIn();
      await context.addInitScript(() => {
        delete globalThis.SharedWorker;
      });
      await live(await visit.open(context, "/"));
    },
  },
];
