import { expect } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const step = (page, text) => page.locator(`[data-step] > .route-node`, { hasText: text }).first().locator("..");

export const routes = [
  {
    name: "routes: the tree, and typed labels walk through it with reasons",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/routes");
      expect((await page.locator("[data-route]").count()) === 6, "the tree has not six routes");
      await page.keyboard.type("severity=page service=checkout");
      await page.keyboard.press("Enter");
      await page.locator('[data-taken="pager"]').getByText(/A new group, looked at first (just now|in)/).waitFor();
      await page.locator('[data-taken="payments"]').getByText(/looked at first in (30|29|28) s/).waitFor();
      const steps = [
        ['severity=~"page|critical"', "taken"],
        ['service=~"checkout|payment"', "taken"],
        ['severity="info"', "failed"],
        ['service=~"front|inventory|search"', "not_reached"],
      ];
      for (const [text, wanted] of steps) {
        const found = await step(page, text).getAttribute("data-step");
        expect(found === wanted, `${text} is ${found}, not ${wanted}`);
      }
      await step(page, 'severity="info"').getByText('severity="info" does not fit').waitFor();
      await step(page, 'service=~"front|').getByText("took it and does not go on").waitFor();
      const { pathname, search } = new URL(page.url());
      await picture(visit, screenshots, "routes", pathname + search);
      await page.getByLabel(/Walk an alert/).fill("disk severity=~x team=storage");
      await page.getByRole("alert").filter({ hasText: "disk is no label: write name=value; an alert has one value of severity" }).waitFor();
    },
  },
  {
    name: "routes: from an alert that is silenced, it says that nobody is told and why",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/alerts?q=db-1");
      await page.locator(".alert-row [data-row]").first().click();
      await page.getByRole("link", { name: "Walk it through the routes" }).click();
      const taken = page.locator('[data-taken="shop-tickets"]');
      await taken.getByText("NOT TOLD").waitFor();
      await taken.getByText("Silenced: Grace: New disks").waitFor();
      await taken.getByText("no, nothing in the group may be told then").waitFor();
      await taken.getByText("webhook, jira (not delivered by Tocsin)").waitFor();
      await taken.getByText(/Its group has its next turn in 1 min/).waitFor();
    },
  },
];
