export const account = [
  {
    name: "account: a new password wants the old one, ten characters and the same twice",
    needs: ["standin"],
    async run(visit) {
      visit.allow(/403.*\/me\/password/);
      const page = await visit.open(await visit.signedIn(), "/");
      await page.getByRole("link", { name: "Account of ada" }).click();
      const fill = async (old, fresh, again = fresh) => {
        await page.getByLabel("The password of today").fill(old);
        await page.getByLabel(/^The new one, 10/).fill(fresh);
        await page.getByLabel("The new one again").fill(again);
        await page.getByRole("button", { name: "Change it" }).click();
      };
      const refused = (text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
      await fill("tocsin", "short");
      await refused("The new one has 5 characters; it needs 10");
      await fill("tocsin", "long enough now", "long enough too");
      await refused("not typed the same twice");
      await fill("not this one", "long enough now");
      await refused("The password of today is not right");
      await fill("tocsin", "long enough now");
      await page.getByRole("status").filter({ hasText: "The password is changed" }).waitFor();
    },
  },
];
