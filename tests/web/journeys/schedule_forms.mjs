// The forms on a schedule's page: fixed plans, absences, calendar files.
import { axe, expect, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const path = "/oncall/schedules/payments";
const dialog = (page, name) => page.getByRole("dialog", { name });
const changes = (page) => page.locator("[data-changes]");
const ics = (...lines) => ({
  name: "days.ics",
  mimeType: "application/octet-stream",
  buffer: Buffer.from(["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR"].join("\r\n")),
});

export const scheduleForms = [
  {
    name: "schedule forms: a fixed plan by hand, refused at its shift, made and removed",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      visit.allow(/400.*\/plans/);
      const page = await visit.open(await visit.signedIn(), path);
      await page.getByRole("button", { name: "Fixed plan…" }).click();
      const form = dialog(page, "Fixed plan in Payments");
      const shifts = form.locator("[data-shift]");
      // The one shift is of the week that begins tomorrow; two halves of it leave a hole.
      const [begin, end] = [
        await form.getByLabel("From").first().inputValue(),
        await form.getByLabel("Until").first().inputValue(),
      ];
      const day = (n) => new Date(Date.parse(`${begin}Z`) + n * 86_400_000).toISOString().slice(0, 16);
      await shifts.nth(0).getByLabel("Until").fill(day(2));
      await form.getByRole("button", { name: "Add a shift" }).click();
      expect((await shifts.nth(1).getByLabel("From").inputValue()) === day(2), "it does not go on");
      await shifts.nth(1).getByLabel("Who").selectOption("grace");
      await shifts.nth(1).getByLabel("From").fill(day(3));
      await form.locator("[data-plan-gaps] li").waitFor();
      await shifts.nth(1).getByLabel("From").fill(day(2));
      await form.locator("[data-plan-gaps]").waitFor({ state: "detached" });
      await shifts.nth(1).getByLabel("Until").fill(day(30));
      await form.getByRole("button", { name: "Make the plan" }).click();
      await shifts.nth(1).getByRole("alert").filter({ hasText: "reaches beyond the plan" }).waitFor();
      await shifts.nth(1).getByLabel("Until").fill(end);
      await shifts.nth(1).getByLabel("Together with").selectOption("alan");
      await form.getByRole("button", { name: "Make the plan" }).click();
      await shifts.nth(1).getByRole("alert").filter({ hasText: "alan takes shifts alone" }).waitFor();
      await shifts.nth(1).getByLabel("Together with").selectOption("");
      await form.getByRole("button", { name: "Make the plan" }).click();
      await form.waitFor({ state: "detached" });
      const row = changes(page).locator('[data-change^="fix"]');
      await row.filter({ hasText: "A fixed plan of Ada and Grace" }).waitFor();
      await row.getByRole("button", { name: /^Remove the plan/ }).click();
      await row.waitFor({ state: "detached" });
      await picture(visit, screenshots, "schedule-plan", `${path}?form=plan`, async (one) => {
        await one.getByRole("button", { name: "Begin with who is on call as it stands" }).click();
        await one.locator("[data-shift]").nth(1).waitFor();
      });
    },
  },
  {
    name: "schedule forms: an absence, refused at its field, entered and removed",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      visit.allow(/400.*\/absences/);
      const page = await visit.open(await visit.signedIn(), path);
      await page.getByRole("button", { name: "Absence…" }).click();
      const form = dialog(page, "Absence");
      const until = await form.getByLabel("Until").inputValue();
      await form.getByLabel("From").fill("2020-01-01T00:00");
      await form.getByLabel("Until").fill("2020-01-02T00:00");
      await form.getByRole("button", { name: "Enter it" }).click();
      await form.getByRole("alert").filter({ hasText: "end is in the past" }).waitFor();
      expect((await form.getByLabel("Until").getAttribute("aria-invalid")) === "true", "not at its field");
      await form.getByLabel("Until").fill(until);
      await form.getByLabel(/^Note/).fill("a cold");
      await form.getByRole("button", { name: "Enter it" }).click();
      await form.waitFor({ state: "detached" });
      const row = changes(page).getByRole("listitem").filter({ hasText: "Ada is away" });
      await row.filter({ hasText: "a cold" }).waitFor();
      await row.getByRole("button", { name: /^Remove the absence of Ada/ }).click();
      await row.waitFor({ state: "detached" });
      await picture(visit, screenshots, "schedule-absence", `${path}?form=absence`);
    },
  },
  {
    name: "schedule forms: an override and a swap are refused at their fields, which keep their names",
    needs: ["standin"],
    async run(visit) {
      visit.allow(/400.*\/(overrides|swaps)/);
      const context = await visit.signedIn();
      const span = "2020-01-01T00:00:00.000Z/2020-01-02T00:00:00.000Z";
      for (const [kind, title, does, label, says] of [
        ["override", "Override in Payments", "Override", "Until", "end is in the past"],
        ["swap", "Ask for a swap in Payments", "Ask", "From", "begin is not in the future"],
      ]) {
        const page = await visit.open(context, `${path}?${kind}=${encodeURIComponent(span)}`);
        const form = dialog(page, title);
        await form.getByRole("button", { name: does, exact: true }).click();
        await form.getByRole("alert").filter({ hasText: says }).waitFor();
        expect((await form.getByRole("alert").count()) === 1, `${kind}: it is said twice`);
        const field = form.getByLabel(label, { exact: true });
        expect((await field.getAttribute("aria-invalid")) === "true", `${kind}: not at its field`);
        for (const fault of await axe(page)) visit.fault(fault);
        await page.close();
      }
    },
  },
  {
    name: "schedule forms: a calendar file is read, and says what was left out",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      visit.allow(/400.*\/calendars/);
      const page = await visit.open(await visit.signedIn(), `${path}?form=import`);
      const form = dialog(page, "Import a calendar");
      await form.getByRole("button", { name: "Import" }).click();
      await form.getByRole("alert").filter({ hasText: "Choose a file" }).waitFor();
      const file = form.getByLabel(/^The file/);
      await file.setInputFiles({ name: "x.ics", mimeType: "text/plain", buffer: Buffer.from("hello") });
      await form.getByRole("button", { name: "Import" }).click();
      await form.getByRole("alert").filter({ hasText: "this is no calendar" }).waitFor();
      await form.getByLabel("Name of the calendar").fill("holidays-de");
      await form.getByText("No layer of this schedule names it yet").waitFor();
      const odd = ["BEGIN:VEVENT", "RRULE:FREQ=HOURLY", "END:VEVENT"];
      await file.setInputFiles(ics("BEGIN:VEVENT", "END:VEVENT", ...odd));
      await form.getByRole("button", { name: "Import" }).click();
      const read = form.locator("[data-imported]");
      await read.filter({ hasText: "2 days off in the calendar holidays-de" }).waitFor();
      await read.getByText("Line 5: the rule is not known").waitFor();
      for (const fault of await axe(page)) visit.fault(fault);
      // Many of them: the dialog scrolls, which the keyboard can do, and nothing within it.
      await file.setInputFiles(ics(...Array.from({ length: 60 }, () => odd).flat()));
      await form.getByRole("button", { name: "Import" }).click();
      await read.getByText("Line 180: the rule is not known").waitFor();
      const scrolls = await form.evaluate((one) =>
        [one, ...one.querySelectorAll("*")]
          .filter((part) => part.scrollHeight > part.clientHeight && /auto|scroll/.test(getComputedStyle(part).overflowY))
          .map((part) => part.tagName),
      );
      expect(scrolls.join() === "DIALOG", `what scrolls is ${scrolls}`);
      await form.getByRole("button", { name: "Import" }).focus();
      await page.keyboard.press("End");
      await page.waitForFunction(() => document.querySelector("dialog").scrollTop > 0);
      await form.getByLabel("Vacations of a person").check();
      await form.getByLabel("Who").selectOption("grace");
      await file.setInputFiles(ics("BEGIN:VEVENT", "END:VEVENT"));
      await form.getByRole("button", { name: "Import" }).click();
      await read.filter({ hasText: "1 absence of Grace" }).getByText("Nothing was left out").waitFor();
      await picture(visit, screenshots, "schedule-import", `${path}?form=import`);
    },
  },
  {
    name: "schedule forms: who is no admin enters absences of their own",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn();
      await context.route("**/api/v1/session", (route) =>
        route.fulfill({ json: { actor: "user:ada", role: "responder", person: "ada" } }),
      );
      const page = await visit.open(context, `${path}?form=absence`);
      const form = dialog(page, "Absence");
      await form.getByText("Ada (you)").waitFor();
      expect((await form.getByRole("combobox").count()) === 0, "others can be chosen");
      await form.getByRole("button", { name: "Close" }).click();
      await changes(page).getByText("Alan is away").waitFor();
      const remove = changes(page).getByRole("button", { name: /^Remove the absence/ });
      expect((await remove.count()) === 0, "the absence of another can be removed");
    },
  },
  {
    name: "schedule forms: fit on the smallest phone",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn({ size: phone });
      for (const form of ["plan", "absence", "import"]) {
        const page = await visit.open(context, `${path}?form=${form}`);
        await page.getByRole("dialog").waitFor();
        const inside = await page.getByRole("dialog").evaluate((one) => one.scrollWidth - one.clientWidth);
        const over = Math.max(inside, await overflow(page));
        expect(over <= 0, `${form} is ${over} px too wide`);
        await page.close();
      }
    },
  },
];
