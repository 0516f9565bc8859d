import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const server = process.env.HOSTWARD_SERVER ?? "http://127.0.0.1:8443";
const out = fileURLToPath(new URL("./dist", import.meta.url));
const PACKED = /\.(js|css|html|svg|json)$/;
const WORTH_BYTES = 500;

/** The server sends files as they were packed here: nothing is compressed while somebody waits. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !PACKED.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const data = readFileSync(path);
        if (data.length < WORTH_BYTES) continue;
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(`${path}.br`, brotliCompressSync(data, { params: quality }));
        writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
      }
    },
  };
}

/**
 * boot.js is told which files the screen at an address needs, so that they travel with the first ones, not after them.
 * The table of routes stays the only one: it is read here.
 */
function ahead(): Plugin {
  return {
    name: "ahead",
    apply: "build",
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
      const withStyles = (some: typeof chunks) => some.flatMap((one) => [one.fileName, ...(one.viteMetadata?.importedCss ?? [])]);
      const imported = (chunk: (typeof chunks)[number]) => [chunk, ...chunks.filter((one) => chunk.imports.includes(one.fileName))];
      const first = new Set(withStyles(chunks.filter((one) => one.isEntry).flatMap(imported)));
      const files = new Map<string, string[]>();
      for (const chunk of chunks) {
        const screen = /src\/screens\/(\w+)\/index\.tsx$/.exec(chunk.facadeModuleId ?? "")?.[1];
        if (screen === undefined || !chunk.isDynamicEntry) continue;
        files.set(screen, withStyles(imported(chunk)).filter((one) => !first.has(one)));
      }
      const routes = readFileSync(fileURLToPath(new URL("./src/app/routes.ts", import.meta.url)), "utf8");
      const table = [...routes.matchAll(/path: "([^"]+)".*import\("@\/screens\/(\w+)"\)/g)].map(([, path = "", screen = ""]) => {
        const needed = files.get(screen);
        if (needed === undefined) throw new Error(`no file was built for the screen ${screen} of ${path}`);
        return [`^${path.replaceAll(/:\w+/g, "[^/]+")}/?$`, needed.map((one) => `/${one}`)];
      });
      if (table.length === 0) throw new Error("src/app/routes.ts: no screen was found in it");
      const boot = join(out, "boot.js");
      writeFileSync(boot, `const AHEAD = ${JSON.stringify(table)};\n${readFileSync(boot, "utf8")}`);
    },
  };
}

export default defineConfig({
  plugins: [react(), ahead(), packed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  worker: { format: "es" },
  build: {
    target: "es2023",
    // The oldest that know light-dark() and popovers: what they can do is not written out twice.
    cssTarget: ["chrome125", "firefox126", "safari17.5"],
    assetsDir: "assets",
    // Nothing is inlined: the page's security policy allows files of this server and nothing else.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Few files: what nearly every screen has in it comes at once, and React by itself, as it seldom changes.
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules/ },
            { name: "ui", test: /src\/(ui\/(?!gallery|JsonView|Combobox|tokenize|Field)|lib\/(?!live-worker))/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(["/console", "/schema", "/export"].map((path) => [path, { target: server }])),
  },
});
