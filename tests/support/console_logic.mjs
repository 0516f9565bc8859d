// Runs logic of the console (the API Explorer's, or that of another entry) outside of a browser: bundles it, then
// answers calls, a line of JSON each. Arguments: the folder web/, a folder for the bundle, the entry in web/. A call is [["module", "function"], argument, ...]; an argument
// {"$json": TEXT} is that text as logic/exact.ts reads it. An answer is {"value": ...} or {"error": {...}}.
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [web, out, entry = "src/screens/explorer/logic/index.ts"] = process.argv.slice(2);
const { rolldown } = await import(pathToFileURL(createRequire(join(web, "package.json")).resolve("rolldown")).href);
const bundle = await rolldown({ input: join(web, entry), logLevel: "silent" });
const file = join(out, "logic.mjs");
await bundle.write({ file, format: "esm" });
await bundle.close();
const logic = await import(pathToFileURL(file).href);
const { Num = Number, parse = JSON.parse } = logic.exact ?? {};

const stores = new Map();
const storage = (name) => ({
  getItem: () => stores.get(name) ?? null,
  setItem: (_, value) => stores.set(name, value),
  removeItem: () => stores.delete(name),
});

function given(argument) {
  if (argument === null || typeof argument !== "object") return argument;
  if ("$json" in argument) return parse(argument.$json);
  if ("$storage" in argument) return storage(argument.$storage);
  return argument;
}

const shown = (_, value) => (value instanceof Num ? { $num: value.text } : value);

for await (const line of createInterface({ input: process.stdin })) {
  const [[module, name], ...args] = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await logic[module][name](...args.map(given))) ?? null };
  } catch (error) {
    answer = { error: { kind: error.constructor.name, message: error.message, ...error } };
  }
  process.stdout.write(`${JSON.stringify(answer, shown)}\n`);
}
