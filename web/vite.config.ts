import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { build, defineConfig, type Plugin } from "vite";

// The modules that the first screen needs, whichever it is.
const shell = new RegExp(
  [
    "node_modules/(react|react-dom|scheduler)/",
    "node_modules/@tanstack/(?!react-virtual|virtual-core)",
    "src/(live|shell|time)/",
    "src/api/(client|queries)",
    "src/keys/(?!KeyHelp)",
    "src/ui/(?!Confirm|Dialog|PlainLink|SpanChoice|icons_alerts)",
    "src/words/(?!channels|entries|gate|posted|reasons)",
  ].join("|"),
);

// The service worker is a file of its own at a name that stays: a chunk that it shared with the
// page would have to be kept as long as the worker is.
const pushWorker: Plugin = {
  name: "push-worker",
  apply: "build",
  async generateBundle() {
    const made = await build({
      configFile: false,
      logLevel: "warn",
      publicDir: false,
      build: {
        write: false,
        target: "es2022",
        lib: { entry: "src/push/worker.ts", formats: ["iife"], name: "tocsinPush" },
      },
    });
    const [bundle] = Array.isArray(made) ? made : [made];
    if (!bundle || !("output" in bundle)) throw new Error("the push worker was not built");
    this.emitFile({ type: "asset", fileName: "sw.js", source: bundle.output[0].code });
  },
};

// A strict content security policy serves this page: nothing may be inlined, and the chunks are
// loaded without the preload polyfill's inline script.
export default defineConfig({
  plugins: [react(), tailwindcss(), pushWorker],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    sourcemap: false,
    license: { fileName: "licenses.md" },
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        // What every screen needs is one file: in pieces it compresses worse and costs round trips.
        codeSplitting: {
          groups: [{ name: "shell", test: shell }],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    // `npm run standin` listens here; TOCSIN_URL points the page at a real server.
    proxy: Object.fromEntries(
      ["/api", "/-", "/p", "/standin"].map((path) => [
        path,
        { target: process.env.TOCSIN_URL ?? "http://127.0.0.1:9119", changeOrigin: false },
      ]),
    ),
  },
  test: { include: ["test/unit/**/*.test.{ts,mjs}"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
