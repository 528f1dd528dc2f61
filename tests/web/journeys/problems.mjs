import { expect, live } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const pathOf = async (visit, context, text) => {
  const page = await visit.open(context, `/alerts?q=${encodeURIComponent(text)}`);
  const path = await page.locator(".alert-row [data-row]").first().getAttribute("href");
  await page.close();
  return path;
};
const sources = (page) => page.locator("[data-source]");
const dialog = (page) => page.getByRole("dialog", { name: "Split it off?" });

export const problems = [
  {
    name: "problem: an alert shows what it is joined with and why, and one is split off by keys",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const context = await visit.signedIn();
      const path = await pathOf(visit, context, "checkout-1");
      const page = await visit.open(context, path);
      await live(page);
      await page.getByRole("heading", { name: "One alert for one problem" }).waitFor();
      expect((await sources(page).count()) === 5, `${await sources(page).count()} sources`);
      await sources(page).first().getByText("It is the first with service checkout (rule same service)").waitFor();
      await sources(page).filter({ hasText: "Evidence, a cause" }).getByText(/which depends on search/).waitFor();
      await sources(page).filter({ hasText: "it is over" }).waitFor();
      // Neither evidence nor what is over can be split off.
      expect((await page.getByRole("button", { name: /^Split off/ }).count()) === 3, "not three can be split off");
      await picture(visit, screenshots, "alert-problem", path);

      const other = sources(page).filter({ hasText: "checkout-2" });
      await page.keyboard.press("j");
      expect(await other.locator("[data-row]").evaluate((row) => row === document.activeElement), "j does not reach the next source");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await dialog(page).getByText(/Until it ends it is an alert by itself/).waitFor();
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
      await page.keyboard.press("Enter");
      await dialog(page).getByText(/checkout-2/).waitFor();
      await page.keyboard.press("Enter");
      await dialog(page).waitFor({ state: "detached" });
      await other.getByText("(it has moved: a person split it off)").waitFor();
      expect((await page.getByRole("button", { name: /^Split off/ }).count()) === 2, "it can be split off again");
      await other.getByRole("link").click();
      await sources(page).first().getByText("A person split it off").waitFor();
      expect((await page.getByRole("button", { name: /^Split off/ }).count()) === 0, "one alone can be split off");
    },
  },
  {
    name: "problem: a split that the server refuses says why and stays open",
    needs: ["standin"],
    async run(visit) {
      visit.allow(/40\d.*\/split/);
      const context = await visit.signedIn();
      const page = await visit.open(context, await pathOf(visit, context, "checkout-3"));
      await page.getByRole("button", { name: /^Split off: .*checkout-3/ }).click();
      // Somebody else was faster.
      const { problem, fingerprint } = await (await page.request.get(`/api/v1/posted-alerts/${page.url().split("/").pop()}`)).json();
      const headers = { "X-Tocsin": "1" };
      await page.request.post(`/api/v1/alerts/${problem}/split`, { data: { fingerprint }, headers });
      await dialog(page).getByRole("button", { name: "Split it off" }).click();
      await dialog(page).getByRole("alert").filter({ hasText: /Not split off: posted alert \w+ is no source/ }).waitFor();
    },
  },
  {
    name: "page gate: what fails is said, with what to do, observed and enforced",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const context = await visit.signedIn();
      const path = await pathOf(visit, context, "front-1");
      const page = await visit.open(context, path);
      const gate = page.getByRole("region", { name: "Page gate" });
      await gate.getByText("observing, not enforced").waitFor();
      await gate.getByText("It may page, though it is not fit to.").waitFor();
      await gate.getByText("Fails: It does not say what users lose. Add an annotation such as impact").waitFor();
      expect((await gate.locator('[data-passes="false"]').count()) === 2, "not two checks fail");
      expect((await gate.locator('[data-passes="true"]').count()) === 3, "not three checks pass");
      await picture(visit, screenshots, "alert-gate", path);
      await page.goto(await pathOf(visit, context, "CertificateExpires"));
      await gate.getByText("It became a ticket: it rings nobody. Its team enforces the gate.").waitFor();
      await page.goto(await pathOf(visit, context, "search-4"));
      await page.getByRole("heading", { name: "Who is told" }).waitFor();
      await gate.waitFor({ state: "detached" });
    },
  },
];
