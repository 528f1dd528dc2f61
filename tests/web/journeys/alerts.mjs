import { expect, live, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const search = (page) => new URL(page.url()).searchParams;
const rows = (page) => page.locator(".alert-row");
const status = (page, text) =>
  page.getByRole("region", { name: "Alerts, the most urgent first" }).getByRole("status").filter({ hasText: text }).waitFor();
const selected = (page, count) =>
  page.getByRole("region", { name: "Selection" }).getByText(`${count} selected`).waitFor();

export const alerts = [
  {
    name: "alerts: grouped, each state said with its reason, and the groups are in the address",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "11 alerts");
      await page.getByRole("button", { name: "HighErrorRate service checkout" }).waitFor();
      await rows(page).filter({ hasText: "checkout-2" }).getByText("Grace has it").waitFor();
      await rows(page).filter({ hasText: "db-1" }).getByText("Silenced: Grace: New disks").waitFor();
      await rows(page).filter({ hasText: "search-5" }).getByText("Inhibited: by HighErrorRate").waitFor();
      await page.getByRole("button", { name: "Over 1" }).click();
      await status(page, "1 alert");
      expect(search(page).get("state") === "resolved", `the address is ${page.url()}`);
      await page.getByRole("button", { name: "Active 11" }).click();
      await page.getByRole("button", { name: "Do not group by alertname" }).click();
      await page.getByRole("button", { name: "Do not group by service" }).click();
      expect(search(page).get("by") === "", `the address is ${page.url()}`);
      await page.locator(".group-row").first().waitFor({ state: "detached" });
      await page.getByLabel("Also group by").selectOption("dc");
      await page.getByRole("button", { name: "fra", exact: true }).waitFor();
      await page.reload();
      await page.getByRole("button", { name: "fra", exact: true }).waitFor();
      await picture(visit, screenshots, "alerts", "/alerts");
    },
  },
  {
    name: "alerts: the filter completes, holds what it can read, and says what it cannot",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "11 alerts");
      await page.keyboard.press("/");
      await page.keyboard.type("sev");
      await page.getByRole("listbox").getByRole("option", { name: /severity/ }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("listbox").getByRole("option", { name: /^warning/ }).waitFor();
      await page.keyboard.type("pa");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
      const field = page.getByRole("combobox", { name: /Filter/ });
      expect((await field.inputValue()) === "severity=page ", `the field has ${await field.inputValue()}`);
      await status(page, "4 alerts");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q") === "severity=page ");
      await page.keyboard.type("instance=~( dc!=fra");
      await page.getByRole("alert").filter({ hasText: "the expression of instance is wrong" }).waitFor();
      await status(page, "1 alert");
      await page.waitForFunction(() => new URL(location.href).searchParams.get("q").endsWith("dc!=fra"));
      await page.reload();
      await status(page, "1 alert");
      await field.fill("nothing-has-this-word");
      await status(page, "No alert fits this filter");
    },
  },
  {
    name: "alerts: by keyboard alone: walk, select, acknowledge, take back, snooze",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await live(page);
      await status(page, "11 alerts");
      for (const key of ["j", "j", "x", "J"]) await page.keyboard.press(key);
      await selected(page, 2);
      await page.keyboard.press("a");
      await rows(page).filter({ hasText: "checkout-3" }).getByText("Ada has it").waitFor();
      await page.getByRole("region", { name: "Selection" }).getByText("2 alerts are acknowledged").waitFor();
      await page.getByRole("button", { name: "Undo" }).click();
      await rows(page).getByText("Ada has it").first().waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.getByText("2 selected").waitFor({ state: "detached" });

      // A group as a whole, and c closes it.
      await page.getByRole("button", { name: "TargetDown service search" }).focus();
      await page.keyboard.press("x");
      await selected(page, 4);
      await page.keyboard.press("c");
      await rows(page).filter({ hasText: "search-4" }).waitFor({ state: "detached" });
      await page.keyboard.press("z");
      await page.getByRole("heading", { name: "Snooze 4 alerts" }).waitFor();
      await page.getByRole("button", { name: "30 min" }).click();
      await page.getByRole("button", { name: "Snooze", exact: true }).last().click();
      await page.getByRole("button", { name: "Suppressed 6" }).click();
      await status(page, "6 alerts");
      await page.getByRole("button", { name: "TargetDown service search" }).click();
      await rows(page).filter({ hasText: "search-4" }).getByText("Snoozed").waitFor();
    },
  },
  {
    name: "alerts: shift and click select a range; what the filter hides is not acted on",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "11 alerts");
      const tick = (text) => rows(page).filter({ hasText: text }).getByRole("checkbox");
      await tick("checkout-1").click();
      await tick("front-1").click({ modifiers: ["Shift"] });
      await selected(page, 4);
      await page.getByRole("combobox", { name: /Filter/ }).fill("instance=~front.*");
      await page.getByText("1 selected and 3 outside of the filter").waitFor();
      await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Acknowledge" }).click();
      await page.getByRole("region", { name: "Selection" }).getByText("1 alert is acknowledged").waitFor();
      await page.getByRole("combobox", { name: /Filter/ }).fill("");
      await page.getByRole("button", { name: "Acknowledged 2" }).waitFor();
    },
  },
  {
    name: "alerts: ten thousand are loaded, only those in view are in the document",
    needs: ["standin"],
    async run(visit, { standin, screenshots }) {
      await standin("many");
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "9,999 alerts");
      await picture(visit, screenshots, "alerts-many", "/alerts");
      await page.getByRole("button", { name: "Open all" }).click();
      await rows(page).first().waitFor();
      const inDocument = async (where) => {
        const count = await page.locator("[role=listitem]").count();
        expect(count > 5 && count < 60, `${count} rows are in the document ${where}`);
        const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
        expect(nodes < 2000, `${nodes} elements are in the document ${where}`);
      };
      await inDocument("at the top");
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
      await page.waitForFunction(() => Number(document.querySelector("[role=listitem]")?.ariaPosInSet) > 100);
      await inDocument("in the middle");
      await page.keyboard.press("/");
      await page.keyboard.type("checkout-1200 ");
      await status(page, "1 alert");
      await rows(page).filter({ hasText: "checkout-1200" }).waitFor();
    },
  },
  {
    name: "alerts: what comes and goes is seen without a reload, and the row that is read stays",
    needs: ["standin"],
    async run(visit, { standin }) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await live(page);
      await status(page, "11 alerts");
      const row = rows(page).filter({ hasText: "db-2" }).locator("[data-row]");
      await row.focus();
      await row.scrollIntoViewIfNeeded();
      const top = async () => (await row.boundingBox()).y;
      const before = await top();
      await standin("post");
      await status(page, "12 alerts");
      await page.waitForFunction(() => document.activeElement?.matches("a[data-row][title*=db-2]"));
      expect(Math.abs((await top()) - before) <= 2, `the row moved from ${before} to ${await top()}`);
      await standin("recover");
      await status(page, "11 alerts");
      const asked = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await standin("post");
      await status(page, "12 alerts");
      expect(!asked.includes("/api/v1/posted-alerts"), "all alerts were read again for one");
    },
  },
  {
    name: "alert: labels, who is told, its history, and back to the row",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "11 alerts");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /26% of requests fail at checkout-1/ }).waitFor();
      const history = page.locator("[data-history]");
      await history.getByText("pager was told by pagerduty, after 3 tries").waitFor();
      await history.getByText("It fired").waitFor();
      await page.getByText("Goes to payments, pager.").waitFor();
      await page.getByRole("link", { name: "Runbook" }).waitFor();
      await page.keyboard.press("a");
      await history.getByText("Ada has it").waitFor();
      await page.locator("#alert-state", { hasText: "Acknowledged" }).waitFor();
      await picture(visit, screenshots, "alert", new URL(page.url()).pathname);
      await page.keyboard.press("u");
      await page.waitForFunction(() => document.activeElement?.matches("a[data-row][title*=checkout-1]"));
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "dc fra" }).click();
      await status(page, "7 alerts");
      expect(search(page).get("q") === 'dc="fra"', `the filter is ${search(page).get("q")}`);
    },
  },
  {
    name: "alert: one that is forgotten still has its history",
    needs: ["standin"],
    async run(visit, { standin }) {
      visit.allow(/404/);
      const page = await visit.open(await visit.signedIn(), "/alerts?q=checkout-1");
      await page.locator(".alert-row [data-row]").first().click();
      await page.getByRole("heading", { name: /checkout-1/ }).waitFor();
      await standin("forget");
      await page.getByText("It is over, and no longer known").waitFor();
      await page.locator('[data-history] [data-kind="posted_alert.resolved"]').waitFor();
      await page.getByRole("link", { name: "instance checkout-1:8080" }).waitFor();
    },
  },
  {
    name: "alerts: more than are loaded: it says so, and the filter reaches the others",
    needs: ["standin"],
    async run(visit, { standin }) {
      await standin("flood");
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await status(page, "of the first 20,000 of 20,600 alerts: a filter reaches the others");
      await page.keyboard.press("/");
      await page.keyboard.type("instance=~.*-20500:8080 ");
      await page.waitForResponse((one) => new URL(one.url()).searchParams.get("filter") === 'instance=~".*-20500:8080"');
      await status(page, "1 alert");
      await page.getByRole("combobox", { name: /Filter/ }).fill("");
      await status(page, "of the first 20,000 of 20,600 alerts");
    },
  },
  {
    name: "alert: an unknown fingerprint is said",
    needs: ["standin"],
    async run(visit) {
      visit.allow(/404/);
      const context = await visit.signedIn();
      const page = await context.newPage();
      await page.goto("/alerts/0000000000000000");
      await page.getByRole("alert").filter({ hasText: "no alert has the fingerprint" }).waitFor();
    },
  },
  {
    name: "alerts: a phone of 320 px has it all without scrolling sideways",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn({ size: phone });
      const page = await visit.open(context, "/alerts");
      await status(page, "11 alerts");
      await rows(page).first().getByRole("checkbox").tap();
      const screens = async (where) => {
        const wide = await overflow(page);
        expect(wide <= 0, `${where} is ${wide} px too wide`);
      };
      await screens("the list with a selection");
      await page.getByRole("button", { name: "Silence", exact: true }).tap();
      await page.getByRole("heading", { name: "Silence" }).waitFor();
      const inner = await page.evaluate(() => {
        const dialog = document.querySelector("dialog[open]");
        return dialog.scrollWidth - dialog.clientWidth;
      });
      expect(inner <= 0, `the panel is ${inner} px too wide`);
      for (const path of ["/silences", "/routes?labels=severity%3Dpage", "/account"]) {
        await page.goto(path);
        await page.locator("main h1").waitFor();
        await screens(path);
      }
    },
  },
];
