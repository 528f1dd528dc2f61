// What a built page consists of, as the server serves it: paths, types, caching, and the three
// variants of index.html (the theme's cookie chooses). The embedder and the stand-in share it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
  ".md": "text/plain; charset=utf-8",
};

export const themes = ["auto", "light", "dark"];

// [{path, type, immutable, bytes}], sorted by path as plain bytes, so that a lookup may be binary.
export function readAssets(dist) {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((file) => ({ file, path: file.slice(dist.length).replaceAll("\\", "/") }))
    .filter(({ path }) => !path.startsWith("/.vite/"));
  const assets = [];
  for (const { file, path } of files) {
    const type = types[extname(path)];
    if (!type) throw new Error(`${path}: no content type is known for it; add it to assets.mjs`);
    const bytes = readFileSync(file);
    if (path === "/index.html") {
      for (const theme of themes) assets.push(index(theme, bytes, type));
    } else {
      assets.push({ path, type, immutable: path.startsWith("/assets/"), bytes });
    }
  }
  return assets.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function index(theme, bytes, type) {
  const path = theme === "auto" ? "/index.html" : `/index.${theme}.html`;
  const html = bytes.toString("utf8");
  const themed =
    theme === "auto" ? html : html.replace("<html lang", `<html data-theme="${theme}" lang`);
  if (theme !== "auto" && themed === html) throw new Error("index.html has no <html lang=...>");
  return { path, type, immutable: false, bytes: Buffer.from(themed) };
}

export function compress(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return { br: brotliCompressSync(bytes, { params }), gzip: gzipSync(bytes, { level: 9 }) };
}

export const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

// Changes exactly when a byte of the page changes.
export function buildId(assets) {
  return digest(assets.map((asset) => `${asset.path} ${digest(asset.bytes)}\n`).join("")).slice(
    0,
    16,
  );
}
