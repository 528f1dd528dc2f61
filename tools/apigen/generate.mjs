// Makes web/src/api/schema.d.ts from api/openapi.yaml. `--check` fails when the committed file is
// not what would be made. A folder of its own, because openapi-typescript needs TypeScript 5's
// compiler API, which the page's TypeScript 7 no longer has.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../api/openapi.yaml", import.meta.url);
const target = new URL("../../web/src/api/schema.d.ts", import.meta.url);

const head = "// Made by tools/apigen from api/openapi.yaml; do not edit.\n";
const text = head + astToString(await openapiTS(source, { defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  let current = "";
  try {
    current = readFileSync(target, "utf8");
  } catch {}
  if (current !== text) {
    console.error(
      "web/src/api/schema.d.ts is not what api/openapi.yaml says; run: cd tools/apigen && npm ci && npm run generate",
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
