import { expect, live } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const rows = (page) => page.locator("[data-history] li");
const search = (page) => new URL(page.url()).searchParams;

export const history = [
  {
    name: "history: found by matchers, words, kinds and receiver, all of it in the address",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      await page.keyboard.press("g");
      await page.keyboard.press("h");
      await page.getByRole("heading", { name: "History", level: 1 }).waitFor();
      await rows(page).first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type('service="checkout" checkout-2');
      await page.getByText("Nothing found yet, 12 entries looked at.").waitFor();
      await page.getByRole("button", { name: "Look further back" }).click();
      await page.waitForFunction(() => document.querySelectorAll("[data-history] li").length === 1);
      expect(search(page).get("q") === 'service="checkout" checkout-2', `the address is ${page.url()}`);
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /checkout-2/ }).waitFor();
      await page.goBack();
      await page.getByRole("button", { name: "Look further back" }).waitFor();

      await page.getByRole("combobox", { name: /Filter/ }).fill("");
      await page.getByRole("button", { name: "Not told", exact: true }).click();
      await page.getByText("Pager could not be told by pagerduty").waitFor();
      await page.getByText("connection refused").waitFor();
      await page.getByRole("button", { name: "Told", exact: true }).click();
      await page.getByText("3 firing").waitFor();
      await page.waitForFunction(() => new URL(location.href).searchParams.get("kind") === "told,failed");
      await page.getByLabel("Receiver").fill("nobody");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Look further back" }).click();
      await page.getByText("Nothing like it is in the history.").waitFor();
      await page.getByLabel("Receiver").fill("");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "24 h" }).click();
      await page.getByText("3 firing").waitFor();
      await page.reload();
      await page.getByText("3 firing").waitFor();
      expect(search(page).get("span") === "1d", `the address is ${page.url()}`);
      await page.getByRole("link", { name: /^Group/ }).click();
      await page.getByRole("heading", { name: "Alerts", level: 1 }).waitFor();
      expect(search(page).get("q") === 'alertname="HighErrorRate"', `the filter is ${search(page).get("q")}`);
      await picture(visit, screenshots, "history", "/history");
    },
  },
  {
    name: "history: page behind page by keys alone, also where a page has found nothing",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/history");
      await rows(page).first().waitFor();
      const first = await rows(page).count();
      for (let i = 0; i <= first; i++) await page.keyboard.press("j");
      expect(await page.getByRole("button", { name: "Show what is older" }).evaluate((one) => one === document.activeElement), "the button is not reached");
      await page.keyboard.press("Enter");
      await page.waitForFunction((count) => document.querySelectorAll("[data-history] li").length > count, first);
      const at = await page.evaluate((count) => {
        const links = [...document.querySelectorAll("[data-history] [data-row]")];
        return links.indexOf(document.activeElement) - count;
      }, first);
      expect(at === 0, `the focus is ${at} rows from the first of the new page`);
      // Something that only the oldest entries have: the focus goes to what was found there.
      await page.getByRole("combobox", { name: /Filter/ }).fill("db-1");
      await page.getByText("Nothing found yet").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      const found = page.getByRole("link", { name: /^DiskWillFill/ });
      await found.waitFor();
      expect(await found.evaluate((one) => one === document.activeElement), "the focus is not at what was found");
    },
  },
  {
    name: "history: a matcher that cannot be read is said, and between two times is asked for",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/history");
      await page.getByRole("combobox", { name: /Filter/ }).fill("job=~( ");
      await page.getByRole("alert").filter({ hasText: "the expression of job is wrong" }).waitFor();
      await page.getByRole("combobox", { name: /Filter/ }).fill("");
      await page.getByRole("button", { name: "Between" }).click();
      await page.getByLabel("From").fill("2001-01-01T10:00");
      await page.getByLabel("To", { exact: true }).fill("2001-01-02T10:00");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("to") === "2001-01-02T09:00:00.000Z");
      expect(search(page).get("from") === "2001-01-01T09:00:00.000Z", `the address is ${page.url()}`);
    },
  },
];
