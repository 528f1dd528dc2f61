// npm run standin [-- --dist DIR --port N]: the stand-in by itself; user ada, password tocsin.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { StandIn } from "./server.mjs";

const { values } = parseArgs({
  options: { dist: { type: "string" }, port: { type: "string", default: "9119" } },
});
const dist = values.dist ?? (existsSync("dist/index.html") ? "dist" : undefined);
const standin = new StandIn({ dist, log: console.error });
const base = await standin.listen(Number(values.port));
console.log(`stand-in at ${base}, user ada, password tocsin
  curl -X POST ${base}/standin/break     begins the outage; heal ends it; reset begins anew`);
