import { expect, settled } from "../browser.mjs";

// Nobody is signed in yet, and the page asks who calls.
const asked = /401.*\/api\/v1\/session/;

export const signIn = [
  {
    name: "sign in: leads to the screen that was asked for",
    async run(visit, { user, password }) {
      visit.allow(asked);
      const page = await visit.open(await visit.context(), "/objectives?state=ok");
      expect(page.url().includes("/signin"), `not at the sign-in page but at ${page.url()}`);
      await page.getByLabel("User").fill(user);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Objectives", level: 1 }).waitFor();
      expect(page.url().endsWith("/objectives?state=ok"), `went to ${page.url()}`);
    },
  },
  {
    name: "sign in: a wrong password is said and the user may try again",
    async run(visit, { user, password }) {
      visit.allow(asked);
      const page = await visit.open(await visit.context(), "/");
      await page.getByLabel("User").fill(user);
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").filter({ hasText: "do not fit" }).waitFor();
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Screens" }).first().waitFor();
      await settled(page);
    },
  },
  {
    name: "sign in: only a path of our own may come next",
    async run(visit, { user, password, baseUrl }) {
      visit.allow(asked);
      const page = await visit.open(await visit.context(), "/signin?next=//elsewhere.example/");
      await page.getByLabel("User").fill(user);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("navigation", { name: "Screens" }).first().waitFor();
      expect(page.url() === `${baseUrl}/`, `went to ${page.url()}`);
    },
  },
  {
    name: "sign out: leads to the sign-in page and the session is gone",
    async run(visit, { user, password }) {
      visit.allow(asked);
      visit.allow(/401.*\/api\/v1\//);
      const context = await visit.context();
      const page = await visit.open(context, "/signin");
      await page.getByLabel("User").fill(user);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: /^Account of/ }).click();
      await page.getByRole("button", { name: /^Sign out/ }).click();
      await page.getByRole("heading", { name: "Sign in to Tocsin" }).waitFor();
      const answer = await page.request.get("/api/v1/session");
      expect(answer.status() === 401, `the session still answers ${answer.status()}`);
    },
  },
];
