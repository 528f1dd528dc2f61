import { expect, live } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const panel = (page) => page.getByRole("dialog", { name: "Silence" });

export const silences = [
  {
    name: "silence: from a selection, with its preview, and ended again",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), "/alerts");
      await live(page);
      await page.locator(".alert-row").first().waitFor();
      for (const key of ["j", "j", "x", "J", "s"]) await page.keyboard.press(key);
      await panel(page).getByText("3 alerts now").waitFor();
      await panel(page).getByText("Both that you selected").waitFor();
      await panel(page).getByText("1 other that you did not select").waitFor();
      await panel(page).getByText(/also have hidden 9 firings since/).waitFor();
      await panel(page).getByText("HighErrorRate · checkout-1:8080 · fra · checkout").waitFor();
      expect((await panel(page).locator("[data-matcher]").count()) === 3, "the common matchers are not three");

      // Narrower, then so narrow that one of the two is missed.
      await panel(page).getByRole("button", { name: /instance=~/ }).click();
      await panel(page).getByText("2 alerts now").waitFor();
      await panel(page).getByText("1 other that you did not select").waitFor({ state: "detached" });
      await panel(page).getByLabel("Value of instance").fill("checkout-1:8080");
      await panel(page).getByText("1 of the 2 that you selected: 1 would still ring").waitFor();
      await panel(page).getByLabel("Value of instance").fill("checkout-(");
      await panel(page).getByText(/instance: /).waitFor();
      await panel(page).getByRole("button", { name: /^Remove instance/ }).click();
      await panel(page).getByText("3 alerts now").waitFor();

      await panel(page).getByRole("button", { name: "Silence", exact: true }).click();
      await panel(page).getByRole("alert").filter({ hasText: "Say why" }).waitFor();
      expect((await panel(page).getByLabel("Who").inputValue()) === "Ada", "the author is not filled in");
      await panel(page).getByLabel("Why").fill("rolling back the deploy");
      await panel(page).getByRole("button", { name: "4 h", exact: true }).click();
      await page.keyboard.press("Control+Enter");
      await panel(page).waitFor({ state: "detached" });
      await page.locator(".alert-row").filter({ hasText: "checkout-1" }).getByText("Silenced: Ada: rolling back").waitFor();

      await page.keyboard.press("g");
      await page.keyboard.press("s");
      const mine = page.locator("[data-silence]", { hasText: "rolling back the deploy" });
      await mine.getByText("ACTIVE").waitFor();
      await mine.getByText(/ends in (4 h|3 h 59 min)/).waitFor();
      await picture(visit, screenshots, "silences", "/silences");
      await mine.getByRole("button", { name: /^Expire/ }).click();
      await mine.getByText("EXPIRED").waitFor();
      await mine.getByRole("button", { name: "Silence again" }).click();
      expect((await panel(page).getByLabel("Why").inputValue()) === "rolling back the deploy", "the comment is lost");
      await page.keyboard.press("Escape");
      await panel(page).waitFor({ state: "detached" });
      await page.keyboard.press("g");
      await page.keyboard.press("a");
      await page.locator(".alert-row").filter({ hasText: "checkout-1" }).getByText("Silenced").waitFor({ state: "detached" });
    },
  },
  {
    name: "silence: a broad one is warned of, one that hides everything is refused",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), `/silences?new=${encodeURIComponent('dc=~"fra|ams"')}`);
      await panel(page).getByText(/it hides 11 of 11 firing alerts: is that meant/i).waitFor();
      await panel(page).getByLabel("Value of dc").fill(".*");
      await panel(page).getByText("At least one matcher must want something that is there").waitFor();
      await panel(page).getByLabel("Duration").fill("soon");
      await panel(page).getByLabel("Value of dc").fill("dub");
      await panel(page).getByText("The duration is none: write 90m or 1d12h").waitFor();
      await panel(page).getByRole("button", { name: "1 h", exact: true }).click();
      await panel(page).getByText("0 alerts now").waitFor();
    },
  },
  {
    name: "silences: found by matcher, comment and author",
    needs: ["standin"],
    async run(visit) {
      const page = await visit.open(await visit.signedIn(), "/silences");
      const all = page.locator("[data-silence]");
      await all.first().waitFor();
      expect((await all.count()) === 3, `${await all.count()} silences are listed`);
      await page.keyboard.press("/");
      await page.keyboard.type("ALAN");
      await page.waitForFunction(() => document.querySelectorAll("[data-silence]").length === 1);
      await page.getByRole("link", { name: /^Alerts that fit dc="ams"/ }).click();
      await page.getByRole("heading", { name: "Alerts", level: 1 }).waitFor();
      const q = new URL(page.url()).searchParams.get("q");
      expect(q === 'dc="ams" severity=~"warning|info"', `the filter is ${q}`);
    },
  },
  {
    name: "silence: one that comes again is made from days and times, seen, copied and deleted",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const page = await visit.open(await visit.signedIn(), `/silences?new=${encodeURIComponent("job=nightly")}`);
      await live(page);
      await panel(page).getByRole("button", { name: "Again and again" }).click();
      await panel(page).getByText("What it would hide if it began now").waitFor();
      await panel(page).getByRole("button", { name: "Sun", exact: true }).click();
      await panel(page).getByLabel("From").fill("22:00");
      await panel(page).getByText("on the next day, 8h each").waitFor();
      await panel(page).getByLabel("Clocks of").fill("Asia/Tokyo");
      const next = panel(page).locator("[data-occurrences] li");
      await next.first().getByText(/^Sat \d+ \w+ 22:00 (GMT\+9|JST)$/).waitFor();
      expect((await next.count()) === 5, `${await next.count()} occurrences`);
      await panel(page).getByRole("button", { name: "Sat", exact: true }).click();
      await panel(page).getByText("Choose at least one day").waitFor();
      await panel(page).getByRole("button", { name: "Sat", exact: true }).click();
      await next.first().waitFor();

      // What days cannot say is a rule; a wrong one is refused by the server.
      visit.allow(/400.*\/preview/);
      await panel(page).getByRole("button", { name: "Write the rule" }).click();
      await panel(page).getByLabel("Rule of RFC 5545").fill("FREQ=SOMETIMES");
      await panel(page).getByText(/No preview: recurrence: rule 'FREQ=SOMETIMES'/).waitFor();
      await panel(page).getByRole("button", { name: "Write the rule" }).click();
      await next.first().waitFor();
      await panel(page).getByLabel("Why").fill("the mail queue is cleaned");
      await page.keyboard.press("Control+Enter");
      await panel(page).waitFor({ state: "detached" });

      const mine = page.locator("[data-recurring]", { hasText: "the mail queue is cleaned" });
      await mine.getByText("Sat at 22:00 for 8h, Asia/Tokyo").waitFor();
      await mine.getByText(/next in/).waitFor();
      await mine.getByText("When it comes next").click();
      await mine.locator("[data-occurrences] li").first().waitFor();
      await picture(visit, screenshots, "silences-recurring", "/silences", async (one) => {
        await one.getByText("When it comes next").first().click();
        await one.locator("[data-occurrences] li").first().waitFor();
      });
      await picture(visit, screenshots, "silence-recurring", "/silences?new=job%3Dnightly", async (one) => {
        await panel(one).getByRole("button", { name: "Again and again" }).click();
        await panel(one).locator("[data-occurrences] li").first().waitFor();
      });

      await mine.getByRole("button", { name: /^Make one like it/ }).click();
      expect((await panel(page).getByLabel("From").inputValue()) === "22:00", "the time is lost");
      expect((await panel(page).getByLabel("Why").inputValue()) === "the mail queue is cleaned", "the comment is lost");
      expect((await panel(page).getByRole("button", { name: "Sat", exact: true }).getAttribute("aria-pressed")) === "true", "the day is lost");
      await page.keyboard.press("Escape");
      await mine.getByRole("button", { name: /^Delete/ }).click();
      const sure = page.getByRole("dialog", { name: "Delete the recurring silence?" });
      await sure.getByText("It comes no more, and if it is on now, it ends.").waitFor();
      await sure.getByRole("button", { name: "Delete it" }).click();
      await mine.waitFor({ state: "detached" });
      // A silence that one made leads to it.
      await page.getByRole("link", { name: "one of a recurring one" }).click();
      await page.waitForFunction(() => document.querySelectorAll("[data-recurring]").length === 1);
    },
  },
];
