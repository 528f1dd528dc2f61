// Screenshots of a screen in both themes and both widths, for a person to look at.
import { join } from "node:path";
import { desktop, live, phone } from "./browser.mjs";

export const looks = [
  { theme: "light", size: desktop, name: "light-desktop" },
  { theme: "dark", size: desktop, name: "dark-desktop" },
  { theme: "light", size: phone, name: "light-phone" },
  { theme: "dark", size: phone, name: "dark-phone" },
];

export async function picture(visit, folder, name, path, ready = async () => {}) {
  for (const look of looks) {
    const context = await visit.signedIn(look);
    const page = await visit.open(context, path);
    await live(page);
    await ready(page);
    // The whole screen at once, with the bar at its foot where a phone has it.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...look.size, height: Math.max(height, look.size.height) });
    await page.screenshot({ path: join(folder, `${name}-${look.name}.png`), caret: "hide" });
    await context.close();
  }
}
