import { expect, live } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const firstRow = "main ul [data-row]";

export const objectives = [
  {
    name: "objectives: worst first, filtered by name, the filter is in the address",
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/objectives");
      const rows = page.locator(firstRow);
      const all = await rows.count();
      expect(all > 0, "no objective is listed");
      await page.keyboard.press("/");
      const name = (await rows.first().innerText()).slice(0, 6);
      await page.keyboard.type(name);
      await page.waitForFunction((q) => new URL(location.href).searchParams.get("q") === q, name);
      expect((await rows.count()) >= 1, "the filter hides what it should find");
      await page.reload();
      await rows.first().waitFor();
      expect((await page.getByRole("searchbox").inputValue()) === name, "the filter is lost on reload");
      await picture(visit, screenshots, "objectives", "/objectives");
    },
  },
  {
    name: "objective: budget, burn, counts, tiers as meters, charts of each window",
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/objectives");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Error budget" }).waitFor();
      const meters = page.getByRole("meter", { name: /^Tier / });
      await meters.first().waitFor();
      const says = await meters.first().getAttribute("aria-valuetext");
      expect(/of the way|firing|no data/.test(says), `a tier's meter says "${says}"`);
      // What is left, or of a young objective what has happened.
      await page.getByText(/bad (events|slices) (left|over|may happen)|^Bad so far$/).first().waitFor();
      for (const window of ["6h", "1d", "30d", "1h"]) {
        const answer = page.waitForResponse((one) => one.url().includes(`window=${window}`));
        await page.getByRole("button", { name: window, exact: true }).click();
        const chart = await (await answer).json();
        expect(chart.at.length <= 1500, `${window} has ${chart.at.length} points`);
        await page.locator(".chart canvas").first().waitFor();
      }
      const slider = page.getByRole("slider").first();
      await slider.focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("Shift+ArrowLeft");
      const read = await slider.getAttribute("aria-valuetext");
      expect(/failed/.test(read), `the chart reads out "${read}"`);
      await page.getByText("The same as a table").click();
      expect((await page.locator("table tbody tr").count()) > 5, "the chart has no table");
      const { pathname } = new URL(page.url());
      const drawn = async (one) => one.locator(".chart canvas").nth(1).waitFor();
      await picture(visit, screenshots, "objective", pathname, drawn);
      await picture(visit, screenshots, "objective-30d", `${pathname}?window=30d`, drawn);
    },
  },
  {
    name: "objective: numbers move without a reload",
    needs: ["standin"],
    async run(visit, { standin }) {
      const page = await visit.open(await visit.signedIn(), "/objectives/checkout-availability");
      await live(page);
      await standin("break");
      await page.getByText("BURNING").waitFor();
      await page.getByRole("meter", { name: "Tier fast" }).and(page.locator("[aria-valuetext^=firing]")).waitFor();
    },
  },
  {
    name: "objective: an unknown one is said, and the way back works",
    async run(visit) {
      visit.allow(/404/);
      const context = await visit.signedIn();
      const page = await context.newPage();
      await page.goto("/objectives/no-such-objective");
      await page.getByRole("alert").filter({ hasText: "no-such-objective" }).waitFor();
      await page.keyboard.press("g");
      await page.keyboard.press("o");
      await page.getByRole("heading", { name: "Objectives", level: 1 }).waitFor();
    },
  },
];
