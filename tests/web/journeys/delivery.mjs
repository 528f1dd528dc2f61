import { expect } from "../browser.mjs";

const html = { accept: "text/html" };

export const delivery = [
  {
    name: "delivery: index is asked for anew with its tag, assets never, unknown ones are 404",
    async run(_, { baseUrl }) {
      const get = (path, headers = {}) => fetch(baseUrl + path, { headers, redirect: "manual" });
      const index = await get("/incidents/12", html);
      expect(index.status === 200, `a screen's address answers ${index.status}`);
      expect(index.headers.get("cache-control") === "no-cache", "index.html may be kept");
      expect(/Accept-Encoding/i.test(index.headers.get("vary") ?? ""), "no Vary: Accept-Encoding");
      const policy = index.headers.get("content-security-policy") ?? "";
      expect(policy.includes("default-src 'none'") && !policy.includes("unsafe"), `the policy is ${policy}`);
      const text = await index.text();
      expect(!/<script(?![^>]*src=)|<style|style=|onload=/.test(text), "index.html has inline code");
      const tag = index.headers.get("etag");
      const again = await get("/", { ...html, "if-none-match": tag });
      expect(again.status === 304, `the same index again answers ${again.status}`);
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)[1];
      const asset = await get(script);
      expect(asset.headers.get("cache-control")?.includes("immutable"), "an asset may not be kept");
      expect((await get("/assets/gone-12345678.js", html)).status === 404, "an unknown asset is not 404");
      expect((await get("/api/v1/gone", html)).status !== 200, "an unknown API path gives the page");
    },
  },
  {
    name: "delivery: br, gzip and plain bytes are the same file with tags of their own",
    async run(_, { baseUrl }) {
      const { request } = await import(baseUrl.startsWith("https") ? "node:https" : "node:http");
      const get = (coding) =>
        new Promise((done, fail) => {
          request(`${baseUrl}/`, { headers: { ...html, "accept-encoding": coding } }, (response) => {
            const pieces = [];
            response.on("data", (piece) => pieces.push(piece));
            response.on("end", () => done({ headers: response.headers, body: Buffer.concat(pieces) }));
          })
            .on("error", fail)
            .end();
        });
      const zlib = await import("node:zlib");
      const [br, gzip, plain] = [await get("br, gzip"), await get("gzip"), await get("identity")];
      expect(br.headers["content-encoding"] === "br", "br is not used though it is offered");
      expect(gzip.headers["content-encoding"] === "gzip", "gzip is not used though it is offered");
      expect(plain.headers["content-encoding"] === undefined, "a coding is used that was not offered");
      const text = plain.body.toString();
      expect(zlib.brotliDecompressSync(br.body).toString() === text, "br is another text");
      expect(zlib.gunzipSync(gzip.body).toString() === text, "gzip is another text");
      const tags = new Set([br, gzip, plain].map((one) => one.headers.etag));
      expect(tags.size === 3, "the three have not three tags");
    },
  },
];
