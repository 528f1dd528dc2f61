import { axe, live } from "../browser.mjs";
import { looks } from "../pictures.mjs";

// Every screen in both themes and both widths; dialogs open where there are any.
async function check(visit, context, path, look, act = async () => {}) {
  const page = await visit.open(context, path);
  await act(page);
  for (const fault of await axe(page)) visit.fault(`${path} ${look.name}: ${fault}`);
  await page.close();
}

// Alerts, silences and routes, with what opens on them.
async function postedScreens(visit, context, look) {
  const keys = (...pressed) => async (page) => {
    await page.locator(".alert-row").first().waitFor();
    for (const key of pressed) await page.keyboard.press(key);
    // What a scroll leaves half under a bar is no target at the moment, but axe takes it for one.
    await page.evaluate(() => scrollTo(0, 0));
  };
  await check(visit, context, "/alerts", look, keys("j", "j", "x", "J"));
  await check(visit, context, "/alerts", look, async (page) => {
    await page.getByRole("combobox", { name: /Filter/ }).fill("job=~( sev");
    await page.getByRole("listbox").getByRole("option").first().waitFor();
    await page.getByRole("alert").filter({ hasText: "Left out" }).waitFor();
    await page.keyboard.press("ArrowDown");
  });
  await check(visit, context, "/alerts", look, async (page) => {
    await keys("j", "j", "z")(page);
    await page.getByRole("heading", { name: "Snooze 1 alert" }).waitFor();
  });
  await check(visit, context, "/alerts", look, async (page) => {
    await keys("j", "x", "s")(page);
    await page.getByText(/\d alerts? now/).waitFor();
  });
  const page = await visit.open(context, "/alerts?q=db-1");
  const path = await page.locator(".alert-row [data-row]").getAttribute("href");
  await page.close();
  await check(visit, context, path, look, (one) => one.locator("[data-history] li").first().waitFor());
  for (const text of ["checkout-1", "front-1"]) {
    const list = await visit.open(context, `/alerts?q=${text}`);
    const one = await list.locator(".alert-row [data-row]").first().getAttribute("href");
    await list.close();
    await check(visit, context, one, look, async (page) => {
      await page.locator("[data-source]").first().waitFor();
      const split = page.getByRole("button", { name: /^Split off/ }).first();
      if (text === "checkout-1") await split.click();
    });
  }
  await check(visit, context, "/history", look, (page) => page.locator("[data-history] li").first().waitFor());
  await check(visit, context, "/history?q=job%3D~(%20&span=between&kind=told", look);
  await check(visit, context, "/silences", look, (page) => page.getByText("When it comes next").first().click());
  for (const act of ["days", "rule"]) {
    await check(visit, context, "/silences?new=job%3Dnightly", look, async (page) => {
      await page.getByRole("button", { name: "Again and again" }).click();
      if (act === "rule") await page.getByRole("button", { name: "Write the rule" }).click();
      await page.locator("[data-occurrences] li").first().waitFor();
    });
  }
  await check(visit, context, "/silences", look, (page) => page.getByRole("button", { name: /^Delete/ }).first().click());
  await check(visit, context, "/routes", look);
  await check(visit, context, "/routes?labels=severity%3Dpage", look, (one) => one.locator("[data-taken]").first().waitFor());
}

// The screens of on-call, with their dialogs and what opens on them.
async function onCallScreens(visit, context, look) {
  const schedule = "/oncall/schedules/payments";
  await check(visit, context, "/oncall", look, (one) => one.locator("[data-next-page] a").first().waitFor());
  await check(visit, context, "/oncall?take=any", look, (one) => one.getByRole("dialog").waitFor());
  await check(visit, context, `${schedule}?view=week`, look, async (one) => {
    await one.locator('[data-piece=""]').nth(1).click();
    await one.locator("[data-details]").waitFor();
    await one.getByText("Who really was on call, last 30 days").click();
    await one.locator("[data-history] li").first().waitFor();
    await one.evaluate(() => scrollTo(0, 0));
  });
  await check(visit, context, "/oncall/schedules/shop?view=month&layers=yes&zone=schedule", look);
  await check(visit, context, "/oncall/schedules/shop?view=list", look);
  const span = "2026-12-01T08:00:00.000Z/2026-12-02T08:00:00.000Z";
  for (const what of ["override", "swap"]) {
    await check(visit, context, `${schedule}?${what}=${span}`, look, (one) => one.getByRole("dialog").waitFor());
  }
  for (const form of ["plan", "absence", "import"]) {
    await check(visit, context, `${schedule}?form=${form}`, look, (one) => one.getByRole("dialog").waitFor());
  }
  await check(visit, context, "/oncall/policies/payments?severity=SEV-4", look, (one) => one.locator("[data-step]").first().waitFor());
  await check(visit, context, "/oncall/load", look);
  await check(visit, context, "/oncall/channels?sent=yes", look, (one) => one.locator("[data-letter]").first().waitFor());
}

const onCall = looks.map((look) => ({
  name: `accessibility: axe finds nothing on call, ${look.name}`,
  needs: ["standin"],
  async run(visit) {
    await onCallScreens(visit, await visit.signedIn(look), look);
  },
}));

const everywhere = looks.map((look) => ({
  name: `accessibility: axe finds nothing, ${look.name}`,
  async run(visit, { standin, patience }) {
    visit.allow(/401.*\/api\/v1\/session/);
    const stranger = await visit.context(look);
    await check(visit, stranger, "/signin", look);
    const context = await visit.signedIn(look);
    const page = await visit.open(context, "/");
    await live(page);
    await check(visit, context, "/", look);
    await check(visit, context, "/", look, (one) =>
      one.getByRole("button", { name: "Keys" }).click(),
    );
    await check(visit, context, "/objectives", look);
    const objective = await (async () => {
      const list = await (await page.request.get("/api/v1/objectives")).json();
      return list.objectives[0]?.name;
    })();
    if (objective) {
      await check(visit, context, `/objectives/${objective}`, look, async (one) => {
        await one.locator(".chart canvas").first().waitFor();
        await one.getByText("The same as a table").click();
        await one.evaluate(() => scrollTo(0, 0));
      });
    }
    await check(visit, context, "/account", look);
    if (standin) {
      await postedScreens(visit, context, look);
      await standin("silence");
      await standin("trouble");
      await standin("break");
      await page.locator("article").getByText(/being rung/).waitFor({ timeout: patience });
      await check(visit, context, "/", look);
      await check(visit, context, "/objectives", look);
    }
    const { incidents } = await (await page.request.get("/api/v1/incidents?state=all")).json();
    for (const one of incidents.slice(0, 2)) {
      await check(visit, context, `/incidents/${one.number}`, look);
    }
  },
}));

export const accessibility = [...everywhere, ...onCall];
