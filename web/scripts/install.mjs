// install.mjs: npm ci, when node_modules is not what package-lock.json says. Several build folders
// of one tree share node_modules, and npm ci begins by deleting it: the caller holds a lock file.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { digest } from "./assets.mjs";

const web = new URL("../", import.meta.url);
const stamp = new URL("node_modules/.tocsin-lock", web);
const wanted = digest(
  Buffer.concat([readFileSync(new URL("package-lock.json", web)), Buffer.from(process.version)]),
);

let installed = "";
try {
  installed = readFileSync(stamp, "utf8");
} catch {}
if (installed !== wanted) {
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], {
    cwd: web,
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error(`npm ci failed in web/${error ? `: ${error.message}` : ""}; see above`);
    process.exit(1);
  }
}
// Written also when nothing was to do: the build compares its time with the lock's.
writeFileSync(stamp, wanted);
