// Lock files name no hosts: `resolved` would tie a build to one registry, `funding` is only noise.
// check-lock.mjs [--fix]: fails (or mends) when a lock file holds a URL.
import { readFileSync, writeFileSync } from "node:fs";

const locks = ["../package-lock.json", "../../tools/apigen/package-lock.json"];
const fix = process.argv.includes("--fix");
let failed = false;

for (const name of locks) {
  const url = new URL(name, import.meta.url);
  const lock = JSON.parse(readFileSync(url, "utf8"));
  for (const entry of Object.values(lock.packages)) {
    if (!fix) continue;
    delete entry.resolved;
    delete entry.funding;
  }
  const text = `${JSON.stringify(lock, null, 2)}\n`;
  if (fix) writeFileSync(url, text);
  const found = text.match(/https?:\/\/[^"]+/g) ?? [];
  if (found.length > 0) {
    failed = true;
    console.error(
      `${name}: ${found.length} URLs (first: ${found[0]}); run: node scripts/check-lock.mjs --fix`,
    );
  }
}
process.exit(failed ? 1 : 0);
