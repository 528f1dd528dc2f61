// embed.mjs DIST OUT: from the built page to what the binary links.
//   OUT/web_assets.bin  every file twice, br q11 and gzip 9, one after the other
//   OUT/web_assets.S    that file as bytes of a read-only section
//   OUT/web_assets.cc   the table of them (src/server/asset_table.h)
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildId, compress, digest, readAssets } from "./assets.mjs";

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
if (!out) {
  console.error("usage: node embed.mjs DIST OUT");
  process.exit(2);
}

const assets = readAssets(dist);
const pieces = [];
let size = 0;
const add = (bytes) => {
  const at = size;
  pieces.push(bytes);
  size += bytes.length;
  return `{${at}, ${bytes.length}}`;
};
const rows = assets.map((asset) => {
  const { br, gzip } = compress(asset.bytes);
  const fields = [
    JSON.stringify(asset.path),
    JSON.stringify(asset.type),
    JSON.stringify(digest(asset.bytes).slice(0, 16)),
    asset.immutable,
    asset.bytes.length,
    add(br),
    add(gzip),
  ];
  return `    {${fields.join(", ")}},`;
});

const bin = join(out, "web_assets.bin");
const assembly = `// Made by web/scripts/embed.mjs.
    .section .rodata
    .globl tocsin_web_assets_begin
    .globl tocsin_web_assets_end
    .balign 16
tocsin_web_assets_begin:
    .incbin ${JSON.stringify(bin)}
tocsin_web_assets_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
`;
const table = `// Made by web/scripts/embed.mjs.
#include "server/asset_table.h"

extern "C" const char tocsin_web_assets_begin[];
extern "C" const char tocsin_web_assets_end[];

namespace tocsin::server {
namespace {

constexpr AssetRow kRows[] = {
${rows.join("\n")}
};

}  // namespace

AssetTable embedded_assets() {
  const auto size = static_cast<size_t>(tocsin_web_assets_end - tocsin_web_assets_begin);
  return {kRows, {tocsin_web_assets_begin, size}, "${buildId(assets)}"};
}

}  // namespace tocsin::server
`;

// A file that did not change keeps its time, so that nothing is compiled for nothing.
function write(path, content) {
  const bytes = Buffer.from(content);
  try {
    if (readFileSync(path).equals(bytes)) return;
  } catch {}
  writeFileSync(path, bytes);
}

mkdirSync(out, { recursive: true });
write(bin, Buffer.concat(pieces));
write(join(out, "web_assets.S"), assembly);
write(join(out, "web_assets.cc"), table);
const raw = assets.reduce((sum, asset) => sum + asset.bytes.length, 0);
console.log(`web: ${assets.length} files, ${raw} bytes, ${size} embedded (br and gzip)`);
