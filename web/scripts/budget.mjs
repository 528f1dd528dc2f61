// budget.mjs DIST: holds the built page to its sizes (gzip 9, bytes). Exits 1 when one is over.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compress, readAssets } from "./assets.mjs";

const dist = process.argv[2] ?? "dist";
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const assets = new Map(readAssets(dist).map((asset) => [asset.path, asset]));
const sizes = new Map([...assets].map(([path, asset]) => [path, compress(asset.bytes)]));
const gzip = (file) => sizes.get(`/${file}`).gzip.length;

// Everything that a chunk needs before it can run, itself included.
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(chunk)) return seen;
  seen.add(chunk);
  for (const imported of chunk.imports ?? []) closure(imported, seen);
  return seen;
}
const sum = (chunks, sizeOf) => [...chunks].reduce((total, chunk) => total + sizeOf(chunk), 0);

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry && key.endsWith(".html"));
const first = closure("src/routes/now/Now.tsx", closure(entry));
const lazy = Object.values(manifest).filter((chunk) => chunk.isDynamicEntry);
const css = new Set([...first].flatMap((chunk) => chunk.css ?? []));
const largest = Math.max(...lazy.map((chunk) => gzip(chunk.file)));
const embedded = [...sizes.values()].reduce((total, size) => total + size.br.length, 0);

const rows = [
  ["shell and first screen, JS", sum(first, (chunk) => gzip(chunk.file)), 125_000],
  ["CSS of the first load", [...css].reduce((total, file) => total + gzip(file), 0), 12_000],
  ["largest lazy chunk", largest, 60_000],
  ["all files, br", embedded, 1_000_000],
];
let over = false;
for (const [what, bytes, most] of rows) {
  const bad = bytes > most;
  over ||= bad;
  console.log(`${bad ? "OVER" : "ok  "} ${what}: ${bytes} of ${most} bytes`);
}
process.exit(over ? 1 : 0);
