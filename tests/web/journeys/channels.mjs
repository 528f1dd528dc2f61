import { axe, expect, overflow, phone } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const letters = (page) => page.locator("[data-letter]");
const arrived = (page, id) => page.locator(`[data-letter="${id}"]`);

export const channels = [
  {
    name: "channels: how they fare, and what did not arrive is sent again with the keyboard",
    needs: ["standin"],
    async run(visit, { screenshots, standin }) {
      await standin("reset");
      visit.allow(/409.*\/dead-letters\/dlv_3\/retry/);
      const page = await visit.open(await visit.signedIn(), "/oncall");
      await page.getByRole("navigation", { name: "On call" }).getByRole("link", { name: "Channels" }).click();
      await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
      const sms = page.locator('[data-channel="sms"]');
      await sms.getByText("SMS by twilio-a").waitFor();
      await sms.getByText("Failing").waitFor();
      await sms.getByText("the last 4 tries failed").waitFor();
      await sms.getByText(/answered 503: the service/).waitFor();
      expect((await letters(page).count()) === 2, "the first page has not two letters");
      await picture(visit, screenshots, "channels", "/oncall/channels");
      await page.getByRole("button", { name: "Show older ones" }).click();
      await arrived(page, "dlv_3").waitFor();
      const button = page.getByRole("button", { name: /^Send again: SEV-1 checkout/ });
      await button.focus();
      await page.keyboard.press("Enter");
      await button.waitFor({ state: "detached" });
      await arrived(page, "dlv_1").waitFor({ state: "detached" });
      await page.getByLabel("Also what was sent again").check();
      await page.waitForURL(/sent=yes/);
      await arrived(page, "dlv_1").getByText("Sent again").waitFor();
      await page.getByLabel("Channel").selectOption("webhook");
      await page.waitForURL(/channel=webhook/);
      await arrived(page, "dlv_1").waitFor({ state: "detached" });
      await arrived(page, "dlv_3").getByRole("button").click();
      await arrived(page, "dlv_3").getByRole("alert").filter({ hasText: "has no contact 'webhook' any more" }).waitFor();
      await standin("reset");
    },
  },
  {
    name: "channels: on a phone of 320 px nothing is too wide",
    needs: ["standin"],
    async run(visit, { screenshots, standin }) {
      await standin("reset");
      const page = await visit.open(await visit.signedIn({ size: phone }), "/oncall/channels");
      await letters(page).first().waitFor();
      expect((await overflow(page)) <= 0, `it is ${await overflow(page)} px too wide`);
      for (const fault of await axe(page)) visit.fault(fault);
      await page.screenshot({ path: `${screenshots}/channels-320.png`, fullPage: true });
    },
  },
];
