// icons.mjs: draws the icons of the installed page (public/*.png) with Debian's Chromium. Run it
// when the bell changes, and commit what it made: a build needs no browser.
import { writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const bell = (fill) =>
  `<g fill="${fill}"><path d="M16 5c-4.4 0-7 3.300-7 7.600 0 5.200-1.600 6.900-3 8.400h20c-1.400-1.500-3-3.200-3-8.400C23 8.300 20.400 5 16 5z"/>` +
  `<circle cx="16" cy="24.500" r="2.500"/></g>`;
const svg = (inside) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="100%" height="100%">${inside}</svg>`;
const blue = (corner) => `<rect width="32" height="32" rx="${corner}" fill="#1f4e79"/>`;
// Systems cut a maskable icon to their own shape: what matters stays within the middle 80 %
// (https://www.w3.org/TR/appmanifest/#icon-masks). The bell is as small as to fit into it.
const inMiddle = `<g transform="translate(16 16) scale(.74) translate(-16 -16)">${bell("#fff")}</g>`;

const icons = [
  { file: "icon-192.png", size: 192, drawn: svg(blue(7) + bell("#fff")) },
  { file: "icon-512.png", size: 512, drawn: svg(blue(7) + bell("#fff")) },
  { file: "icon-maskable-192.png", size: 192, drawn: svg(blue(0) + inMiddle) },
  { file: "icon-maskable-512.png", size: 512, drawn: svg(blue(0) + inMiddle) },
  // iOS rounds the corners itself and shows what is clear as black.
  { file: "apple-touch-icon.png", size: 180, drawn: svg(blue(0) + inMiddle) },
  // Of a badge Android shows the shape alone.
  { file: "badge-96.png", size: 96, drawn: svg(bell("#fff")) },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const { file, size, drawn } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${drawn}`);
  const png = await page.screenshot({ omitBackground: true });
  writeFileSync(new URL(`../public/${file}`, import.meta.url), png);
  await page.close();
}
await browser.close();
