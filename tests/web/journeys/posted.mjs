// Posted alerts against a real server: what the stand-in only plays.
import { expect, live } from "../browser.mjs";

const headers = { "X-Tocsin": "1" };

async function post(page, alerts) {
  const answer = await page.request.post("/api/v2/alerts", { data: alerts, headers });
  expect(answer.ok(), `posting: ${answer.status()} ${await answer.text()}`);
}

// Two alerts of one service, one of which says what users lose.
async function twoOfOneProblem(page, run) {
  const { services } = await (await page.request.get("/api/v1/catalog")).json();
  const service = services[0].id;
  const alert = (name, annotations) => ({
    labels: { alertname: `${name}${run}`, service, severity: "page", journey: run },
    annotations,
  });
  const all = [
    alert("OrdersFail", { summary: `Orders fail ${run}`, impact: "Customers cannot pay" }),
    alert("OrdersSlow", { summary: `Orders are slow ${run}` }),
  ];
  await post(page, all);
  return all;
}

const row = (page, text) => page.locator(".alert-row", { hasText: text });

export const posted = [
  {
    name: "posted: two alerts are one problem, one is split off, and its history is found",
    needs: ["real"],
    async run(visit, { patience }) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await live(page);
      const run = `J${Date.now()}`;
      const all = await twoOfOneProblem(page, run);
      await page.goto(`/alerts?q=journey%3D${run}`);
      await row(page, `Orders are slow ${run}`).locator("[data-row]").click({ timeout: patience });

      const gate = page.getByRole("region", { name: "Page gate" });
      await gate.getByText("It does not say what users lose.").waitFor({ timeout: patience });
      const sources = page.locator("[data-source]");
      const other = sources.filter({ hasText: `Orders fail ${run}` });
      await other.waitFor({ timeout: patience });
      await sources.filter({ hasText: "this alert" }).getByRole("button", { name: /^Split off/ }).click();
      await page.getByRole("button", { name: "Split it off" }).click();
      await page.getByText("A person split it off").waitFor({ timeout: patience });
      await other.waitFor({ state: "detached" });

      await page.keyboard.press("g");
      await page.keyboard.press("h");
      await page.getByRole("combobox", { name: /Filter/ }).fill(`journey=${run}`);
      await page.keyboard.press("Enter"); // closes the completions
      await page.getByRole("button", { name: "Fired, over" }).click();
      await page.waitForFunction((journey) => new URL(location.href).searchParams.get("q") === `journey=${journey}`, run);
      await page.getByText("It fired").nth(1).waitFor({ timeout: patience });
      expect((await page.locator("[data-history] li").count()) === 2, "not two alerts fired");
      await page.getByRole("button", { name: "Fired, over" }).click();
      await page.getByRole("button", { name: "Page gate" }).click();
      await page.getByRole("link", { name: new RegExp(`^OrdersSlow${run}`) }).first().waitFor();
      const over = new Date().toISOString();
      await post(page, all.map((one) => ({ ...one, endsAt: over })));
    },
  },
  {
    name: "posted: a silence and one that comes again are made, looked at and ended",
    needs: ["real"],
    async run(visit, { patience }) {
      const run = `J${Date.now()}`;
      const path = `/silences?new=${encodeURIComponent(`journey="${run}"`)}`;
      const page = await visit.open(await visit.signedIn(), path);
      await live(page);
      const panel = page.getByRole("dialog", { name: "Silence" });
      await panel.getByText("0 alerts now").waitFor({ timeout: patience });
      await panel.getByLabel("Why").fill(`once ${run}`);
      await page.keyboard.press("Control+Enter");
      const once = page.locator("[data-silence]", { hasText: `once ${run}` });
      await once.getByText("ACTIVE").waitFor();
      await once.getByRole("button", { name: /^Expire/ }).click();
      await once.getByText("EXPIRED").waitFor();

      await page.goto(path);
      await panel.getByRole("button", { name: "Again and again" }).click();
      await panel.getByLabel("Clocks of").fill("Asia/Tokyo");
      const next = panel.locator("[data-occurrences] li");
      await next.first().getByText(/^Sat \d+ \w+ 02:00 (GMT\+9|JST)$|^Sun \d+ \w+ 02:00 (GMT\+9|JST)$/).waitFor();
      expect((await next.count()) === 5, `${await next.count()} occurrences`);
      visit.allow(/400.*\/preview/);
      await panel.getByRole("button", { name: "Write the rule" }).click();
      await panel.getByLabel("Rule of RFC 5545").fill("FREQ=SOMETIMES");
      await panel.getByText(/No preview: .*SOMETIMES/).waitFor();
      await panel.getByLabel("Rule of RFC 5545").fill("FREQ=MONTHLY;BYDAY=1SU");
      await next.first().getByText(/^Sun/).waitFor();
      await panel.getByLabel("Why").fill(`again ${run}`);
      await page.keyboard.press("Control+Enter");
      const again = page.locator("[data-recurring]", { hasText: `again ${run}` });
      await again.getByText(/at 02:00 for 4h, Asia\/Tokyo/).waitFor();
      await again.getByText("When it comes next").click();
      await again.locator("[data-occurrences] li").first().getByText(/^Sun/).waitFor();
      await again.getByRole("button", { name: /^Delete/ }).click();
      await page.getByRole("button", { name: "Delete it" }).click();
      await again.waitFor({ state: "detached" });
    },
  },
];
