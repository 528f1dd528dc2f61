import { axe, expect, live, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const dialog = (page, name) => page.getByRole("dialog", { name });
const details = (page) => page.locator("[data-details]");
const result = (page) => page.locator('[data-piece=""]');
const api = async (page, path) => (await page.request.get(`/api/v1/${path}`)).json();

// The middle of a day of the calendar, on the lane of the result.
async function placeOf(page, key, share) {
  const strip = page.locator(`.strip:has(time[datetime="${key}"])`);
  const day = await strip.locator(`.strip-day:has(time[datetime="${key}"])`).boundingBox();
  const lane = await strip.locator("[data-strip]").boundingBox();
  return { x: day.x + day.width * share, y: lane.y + lane.height / 2 };
}

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
}

export const onCall = [
  {
    name: "on call: who has it, what is mine, what will go wrong",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/");
      await live(page);
      await page.keyboard.press("g");
      await page.keyboard.press("c");
      await page.getByRole("heading", { name: "On call", level: 1 }).waitFor();
      const yours = page.getByRole("region", { name: "On call now: yours" });
      const others = page.getByRole("region", { name: "On call now: everybody else" });
      await yours.locator('[data-schedule="payments"]').getByText(/until .* CE/).waitFor();
      expect((await yours.locator("[data-schedule]").count()) === 2, "not two schedules are Ada's");
      await others.locator('[data-schedule="search"]').waitFor();
      const { schedules } = await api(page, "schedules");
      for (const { id, on_call } of schedules) {
        await page.locator(`[data-schedule="${id}"]`).getByText(on_call.explain).waitFor();
      }
      const gaps = schedules.flatMap(({ faults }) => faults).filter(({ kind }) => kind === "gap").length;
      await page.getByRole("heading", { name: `Nobody would be rung at ${gaps} times ahead; 1 other fault` }).waitFor();
      expect((await page.locator('[data-fault="gap"]').count()) === gaps, `not all ${gaps} gaps are named`);
      const you = page.getByRole("region", { name: "You", exact: true });
      // Of Ada's team, which a policy pages: it has members, and no list.
      await you.locator("[data-next-page]").getByText(/^payments: you are (rung|not rung)/).waitFor();
      const ways = you.locator("[data-ways]");
      const first = ways.getByRole("listitem").first();
      await first.getByText("your browsers").waitFor();
      await first.locator("[data-no-browser]").getByRole("link", { name: "Switch one on" }).waitFor();
      await ways.getByText("after 2 min, at once when the one before fails").waitFor();
      const unverified = ways.locator("[data-unverified]");
      await unverified.getByText("tocsin contact verify ada phone").waitFor();
      expect((await unverified.count()) === 1, "verified contacts are called unverified");
      await ways.getByText("10 min later, until you answer").waitFor();
      await you.getByRole("button", { name: /^Show all/ }).click();
      const me = await api(page, "on-call/me?person=");
      expect((await you.locator("[data-shifts] > li").count()) === me.shifts.length, "shifts are missing");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const row = await page.evaluate(() => document.activeElement.textContent);
      expect(row === "Shop", `j went to ${row}`);
      await picture(visit, screenshots, "oncall", "/oncall");
    },
  },
  {
    name: "on call: a swap is taken, another declined, one's own withdrawn",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall");
      const swaps = page.locator('[data-swap="open"]');
      await swaps.first().waitFor();
      expect((await swaps.count()) === 3, `${await swaps.count()} swaps are asked for`);
      await swaps.filter({ hasText: "dentist" }).getByRole("button", { name: /^Take it/ }).click();
      await swaps.filter({ hasText: "dentist" }).waitFor({ state: "detached" });
      await swaps.filter({ hasText: "wedding" }).getByRole("button", { name: /^Decline/ }).click();
      await swaps.filter({ hasText: "wedding" }).waitFor({ state: "detached" });
      await swaps.filter({ hasText: "concert" }).getByRole("button", { name: /^Withdraw/ }).click();
      await page.getByRole("heading", { name: "Swaps that are asked for" }).waitFor({ state: "detached" });
      const { overrides } = await api(page, "schedules/shop");
      expect(overrides.some(({ person, replaces }) => person === "ada" && replaces === "grace"), "the swap changed nothing");
    },
  },
  {
    name: "on call: the pager is taken with a key, and it is seen at once",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall");
      await live(page);
      await page.locator('[data-schedule="search"]').waitFor();
      await page.keyboard.press("p");
      await dialog(page, "Take the pager").getByLabel("Of which schedule").selectOption("search");
      await dialog(page, "Take the pager").getByText(/Grace has it now|Alan has it now/).waitFor();
      await dialog(page, "Take the pager").getByLabel("Until the next hand-off").uncheck();
      await dialog(page, "Take the pager").getByRole("button", { name: "4 h" }).click();
      await dialog(page, "Take the pager").getByRole("button", { name: "I have it" }).click();
      await dialog(page, "Take the pager").waitFor({ state: "detached" });
      const row = page.locator('[data-schedule="search"]');
      await row.getByText("that is you").waitFor();
      await row.getByText(/\((4 h|3 h 59 min)\)/).waitFor();
      expect(new URL(page.url()).search === "", "the dialog stayed in the address");
    },
  },
  {
    name: "schedule: a span is dragged, somebody put there, and taken out again",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/oncall/schedules/payments?view=week");
      await result(page).first().waitFor();
      await page.keyboard.press("]");
      await page.waitForURL(/at=/);
      const monday = new URL(page.url()).searchParams.get("at");
      await page.locator(`time[datetime="${monday}"]`).waitFor();
      const days = await page.locator(".strip-day time").evaluateAll((all) => all.map((one) => one.dateTime));
      // Escape lets go: no dialog, and no click either.
      await drag(page, await placeOf(page, days[2], 0.5), await placeOf(page, days[4], 0.25));
      await page.locator(".drag-span").waitFor();
      await page.keyboard.press("Escape");
      await page.mouse.up();
      expect((await page.locator("dialog").count()) === 0, "a drag that was let go opened something");
      expect((await details(page).count()) === 0, "a drag that was let go was a click");

      await drag(page, await placeOf(page, days[2], 0.5), await placeOf(page, days[4], 0.25));
      await page.mouse.up();
      const form = dialog(page, "Override in Payments");
      await form.waitFor();
      expect((await form.getByLabel("From").inputValue()) === `${days[2]}T12:00`, `it begins ${await form.getByLabel("From").inputValue()}`);
      expect((await form.getByLabel("Until").inputValue()) === `${days[4]}T06:00`, `it ends ${await form.getByLabel("Until").inputValue()}`);
      await form.locator("[data-otherwise]").getByText("Grace").first().waitFor();
      await form.getByLabel("Who").selectOption("alan");
      await form.getByLabel("Why (others see it)").fill("moving house");
      await form.getByRole("button", { name: "Override", exact: true }).click();
      await form.waitFor({ state: "detached" });
      const moved = page.locator('[data-piece=""][data-moved]', { hasText: /Alan|AL/ });
      await moved.waitFor();
      await moved.click();
      await details(page).getByText("Alan instead of Grace, by an override: Ada asked for it: moving house.").waitFor();
      await picture(visit, screenshots, "schedule-week", new URL(page.url()).pathname + new URL(page.url()).search, async (one) => {
        await result(one).nth(1).click();
      });
      await details(page).getByRole("button", { name: /^Remove the override/ }).click();
      await moved.waitFor({ state: "detached" });
    },
  },
  {
    name: "schedule: with the keyboard alone: turns walked, explained, overridden, views changed",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall/schedules/payments?view=week");
      await result(page).first().focus();
      await page.keyboard.press("ArrowRight");
      await details(page).getByText("because the layer primary hands off each Monday at 09:00").waitFor();
      await page.keyboard.press("ArrowDown");
      const lane = () => page.evaluate(() => document.activeElement.dataset.piece);
      expect((await lane()) === "primary", `down went to ${await lane()}`);
      await details(page).getByText("as the layer primary has it").waitFor();
      await page.keyboard.press("ArrowUp");
      expect((await lane()) === "", `up went to ${await lane()}`);
      await page.keyboard.press("o");
      const form = dialog(page, "Override in Payments");
      await form.getByLabel("One more person").check();
      await form.getByLabel("Who").selectOption("alan");
      await form.getByLabel("Until").fill("2020-01-01T00:00");
      await page.keyboard.press("Enter");
      await form.getByRole("alert").filter({ hasText: "It ends before it begins" }).waitFor();
      await page.keyboard.press("Escape");
      await form.waitFor({ state: "detached" });
      expect(!new URL(page.url()).search.includes("override"), "the dialog stayed in the address");
      await page.keyboard.press("v");
      await page.waitForURL(/view=month/);
      await page.waitForFunction(() => document.querySelectorAll(".strip").length >= 4);
      await page.keyboard.press("v");
      await page.getByText("Times in Europe/Berlin").waitFor();
      await page.keyboard.press("t");
      await page.waitForURL((url) => !url.searchParams.has("at"));
    },
  },
  {
    name: "schedule: a gap is filled from its banner, in the schedule's zone or one's own",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/oncall");
      const { schedules } = await api(page, "schedules");
      const gap = schedules.find(({ id }) => id === "shop").faults[0];
      await page.getByRole("link", { name: /Put somebody there/ }).first().click();
      const form = dialog(page, "Override in Shop");
      await form.getByText("Times in Europe/Berlin; 12 h long").waitFor();
      await form.locator("[data-otherwise]").getByText("nobody").waitFor();
      await form.getByRole("button", { name: "Override", exact: true }).click();
      await form.waitFor({ state: "detached" });
      const filled = page.locator("[data-fault]", { has: page.locator(`a[href*="${encodeURIComponent(gap.begin)}"]`) });
      await filled.waitFor({ state: "detached" });
      const shop = await api(page, "schedules/shop");
      const made = shop.overrides.at(-1);
      expect(made.begin === gap.begin && made.end === gap.end && made.person === "ada", JSON.stringify(made));

      const zones = page.getByRole("group", { name: "Times in" });
      const moved = page.locator('[data-piece=""][data-moved]');
      const own = await moved.locator(".sr-only").textContent();
      await zones.getByRole("button", { name: /America\/New_York/ }).click();
      await page.waitForURL(/zone=schedule/);
      const theirs = await moved.locator(".sr-only").textContent();
      expect(/02:00 to 14:00 CET/.test(own), own);
      expect(/20:00 to .* 08:00 EST/.test(theirs) || /20:00 to .* 08:00 GMT-5/.test(theirs), theirs);
      await picture(visit, screenshots, "schedule-month", "/oncall/schedules/shop?view=month&zone=schedule&layers=yes");
    },
  },
  {
    name: "schedule: a swap is asked for, the history read, a calendar link made and removed",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall/schedules/payments?view=list");
      const me = await api(page, "on-call/me?person=");
      const shift = me.shifts.find(({ schedule }) => schedule === "payments");
      await page.goto(`/oncall/schedules/payments?view=week&at=${shift.begin.slice(0, 10)}`);
      const mine = page.locator('[data-piece=""]', { has: page.getByText(/^Ada,/) }).last();
      await mine.click();
      await details(page).getByRole("button", { name: "Ask for a swap…" }).click();
      const form = dialog(page, "Ask for a swap in Payments");
      await form.getByLabel("Who should take it").selectOption("alan");
      await form.getByLabel("Why").fill("a birthday");
      await form.getByRole("button", { name: "Ask", exact: true }).click();
      await form.waitFor({ state: "detached" });
      await page.locator('[data-swap="open"]', { hasText: "a birthday" }).getByText("You ask Alan").waitFor();

      await page.getByText("Who really was on call, last 30 days").click();
      await page.locator("[data-history] > li").first().getByText(/^since /).waitFor();
      expect((await page.locator("[data-history] > li").count()) > 3, "the history is short");

      await page.getByRole("button", { name: "Link to all of Payments" }).click();
      const url = await page.locator("[data-made] input").inputValue();
      expect(/^http:\/\/127\.0\.0\.1:\d+\/ical\/.*\.ics$/.test(url), `the link is ${url}`);
      await page.getByRole("button", { name: /^Remove the link: The schedule payments/ }).click();
      await page.locator("[data-made]").waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^Remove the link: The schedule payments/ }).waitFor({ state: "detached" });
    },
  },
  {
    name: "schedule: who is in its user group in Slack, and what is wrong with it",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall/schedules/payments");
      const group = page.locator("[data-user-group]");
      await group.getByText(/^User group S0PAYMENTS in Slack: U0ADA and U0ALAN, confirmed /).waitFor();
      expect((await group.locator("[data-tone]").count()) === 0, "something is wrong with it");
      await page.goto("/oncall/schedules/shop");
      await group.locator('[data-tone="warning"]').getByText("no such user group S0SHOP").waitFor();
      await page.goto("/oncall/schedules/search");
      await page.getByRole("heading", { name: "Layers" }).waitFor();
      expect((await group.count()) === 0, "a group is shown where there is none");
    },
  },
  {
    name: "schedule: the day on which clocks are set is as long as it is",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/oncall/schedules/payments?view=week&at=2027-03-28");
      await page.getByText("23 h").waitFor();
      const widths = await page.locator(".strip-day").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
      const ratio = widths[6] / widths[0];
      expect(Math.abs(ratio - 23 / 24) < 0.01, `the short day is ${ratio} of a day wide`);
      // The hour that is skipped: what the form says of it.
      await page.goto("/oncall/schedules/payments?at=2027-03-28&override=2027-03-27T22:00:00.000Z/2027-03-28T10:00:00.000Z");
      const form = dialog(page, "Override in Payments");
      await form.getByLabel("From").fill("2027-03-28T02:30");
      await form.getByText("Clocks skip this time that day: 03:00 is meant").waitFor();
    },
  },
  {
    name: "policy: who would be rung when, at a time and a severity, and what is skipped",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/oncall/policies/payments?at=2026-12-08T10:00:00.000Z&severity=SEV-4");
      const skipped = page.locator('[data-step="skipped"]');
      await skipped.first().waitFor();
      expect((await skipped.count()) === 2, `${await skipped.count()} steps are skipped`);
      await skipped.filter({ hasText: "Step 2" }).getByText("only for SEV-1, SEV-2 or SEV-3").waitFor();
      await page.getByLabel("with severity").selectOption("SEV-1");
      await page.waitForURL(/severity=SEV-1/);
      await page.locator('[data-step="played"]').filter({ hasText: "Step 2" }).getByText("slack, then call +1 ... 55 after 2 min").waitFor();
      await page.locator('[data-step="bring-in"]').getByText("Alan").waitFor();
      await page.locator("[data-ring]", { hasText: "brought in" }).waitFor();
      await page.getByRole("button", { name: "next night 03:00" }).click();
      await page.locator('[data-step="played"]').filter({ hasText: "Step 3" }).waitFor();
      await page.getByRole("button", { name: "Round 2" }).click();
      await page.getByText("begins after 15 min, if nobody answers").waitFor();
      const { pathname, search } = new URL(page.url());
      await picture(visit, screenshots, "policy", `${pathname}${search.replace(/&round=\d/, "")}`);
      await page.goto("/oncall/policies/nothing");
      await page.getByText("There is no escalation policy nothing").waitFor();
    },
  },
  {
    name: "load: who carries how much, and whether it is fair",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/oncall/load");
      await page.getByText("Ada has 2.36× the mean of pages in sleep").waitFor();
      const rows = await page.locator("[data-load-of]").evaluateAll((all) => all.map((one) => one.dataset.loadOf));
      expect(rows.join() === "ada,grace,alan", `the order is ${rows}`);
      await page.getByRole("button", { name: "90 days" }).click();
      await page.waitForURL(/span=90d/);
      await picture(visit, screenshots, "load", "/oncall/load");
    },
  },
  {
    name: "on call: on a phone of 320 px nothing is too wide, and the calendar is a list",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn({ size: phone });
      for (const path of [
        "/oncall",
        "/oncall?take=any",
        "/oncall/schedules/shop",
        "/oncall/schedules/shop?view=week",
        "/oncall/schedules/shop?view=month&layers=yes",
        "/oncall/policies/payments",
        "/oncall/load",
      ]) {
        const page = await visit.open(context, path);
        expect((await overflow(page)) <= 0, `${path} is ${await overflow(page)} px too wide`);
        await page.close();
      }
      const page = await visit.open(context, "/oncall/schedules/shop");
      await page.locator("ol button[aria-expanded]").first().click();
      await page.locator("[data-details]").waitFor();
      for (const fault of await axe(page)) visit.fault(fault);
    },
  },
];
