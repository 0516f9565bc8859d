/** The same for signature version 1, whose string to sign is one line. */
import type { Cause, CauseId, Diagnosis, Server } from "./diagnosis";
import { hostCandidates, wrongHosts } from "./diagnosis";
import { encode, type Pair } from "./flat";
import { header, type Pasted } from "./pasted";
import { type V1Algorithm, v1, v1Text } from "./signature";

type Explained = Omit<Diagnosis, "version" | "problems" | "given">;

interface Recipe {
  method: string;
  host: string;
  uri: string;
  pairs: Pair[];
  sorted: boolean;
  secret: string;
  algorithm: V1Algorithm;
}

interface Change extends Cause {
  place: string;
  make: (recipe: Recipe) => Recipe;
}

export async function explainV1(
  request: Pasted, pairs: Pair[], secret: string, algorithm: V1Algorithm, server: Server,
): Promise<Explained> {
  const sent = pairs.find(([name]) => name === "Signature")?.[1] ?? "";
  const host = header(request, "host") ?? request.address;
  const signing = pairs.filter(([name]) => name !== "Signature");
  const base: Recipe = {
    method: request.method, host, uri: "/?", pairs: signing, sorted: true, secret: secret.trim(), algorithm,
  };
  const ours = text(base);
  const right = await v1(base.secret, ours, algorithm);
  const shared = { ours, stringToSign: ours, right };
  for (const recipe of accepted(base, server)) {
    if ((await signed(recipe)) === sent) return { ...shared, matches: true, causes: [], theirs: text(recipe) };
  }
  if (right === sent.replace(/ /g, "+")) {
    return { ...shared, matches: false, causes: [{ id: "v1-url-encoded", detail: sent }], theirs: ours };
  }
  const changes = allChanges(request, pairs, secret, base);
  for (const { recipe, causes } of tries(base, changes)) {
    const made = await signed(recipe);
    if (made === sent || made === sent.replace(/ /g, "+")) return { ...shared, matches: false, causes, theirs: text(recipe) };
  }
  return { ...shared, matches: false, causes: [], theirs: "" };
}

/** Spellings that the server takes: "_" in names as ".", Booleans as Python has them. */
function* accepted(base: Recipe, server: Server): Generator<Recipe> {
  const flags: Record<string, string> = { true: "True", false: "False" };
  const spellings: Pair[][] = [
    base.pairs,
    base.pairs.map(([name, value]) => [name.replaceAll("_", "."), value]),
    base.pairs.map(([name, value]) => [name, flags[value] ?? value]),
  ];
  for (const pairs of spellings) for (const host of hostCandidates(base.host, server.aliases)) yield { ...base, pairs, host };
}

function* tries(base: Recipe, changes: Change[]): Generator<{ recipe: Recipe; causes: Cause[] }> {
  const cause = ({ id, detail }: Change): Cause => ({ id, detail });
  for (const one of changes) yield { recipe: one.make(base), causes: [cause(one)] };
  for (const [at, one] of changes.entries()) {
    for (const other of changes.slice(at + 1)) {
      if (one.place !== other.place) yield { recipe: other.make(one.make(base)), causes: [cause(one), cause(other)] };
    }
  }
}

const change = (id: CauseId, place: string, detail: string, part: Partial<Recipe>): Change => ({
  id, place, detail, make: (recipe) => ({ ...recipe, ...part }),
});

function allChanges(request: Pasted, all: Pair[], secret: string, base: Recipe): Change[] {
  const key = base.secret;
  const bare = key.replace(/^["']|["']$/g, "");
  const other: V1Algorithm = base.algorithm === "HmacSHA1" ? "HmacSHA256" : "HmacSHA1";
  const plus = (value: string) => encode(value);
  const twenty = (value: string) => encode(value).replace(/\+/g, "%20");
  const coded = (how: (value: string) => string): Partial<Recipe> => ({
    pairs: base.pairs.map(([name, value]) => [name, how(value)]),
  });
  const withPort = (host: string) => host.replace(/:\d*$/, "") === base.host.replace(/:\d*$/, "");
  const without = (left: string) => base.pairs.filter(([name]) => name !== left);
  return [
    ...[secret, `${key}\n`, `${key} `, ` ${key}`, `${key}\r\n`].filter((one) => one !== key)
      .map((one) => change("secret-space", "secret", JSON.stringify(one.replace(key, "…")), { secret: one })),
    ...[bare, `"${bare}"`].filter((one) => one !== key).map((one) => change("secret-quotes", "secret", "", { secret: one })),
    change("v1-digest", "digest", other, { algorithm: other }),
    change("v1-encoded", "pairs", "", coded(plus)),
    change("v1-encoded", "pairs", "", coded(twenty)),
    change("v1-encoded", "pairs", "", coded(encodeURIComponent)),
    change("v1-unsorted", "order", "", { sorted: false }),
    change("v1-signature", "pairs", "", { pairs: [...all.filter(([name]) => name !== "Signature"), ["Signature", ""]] }),
    ...["SignatureMethod", "Region", "Language", "Token", "RequestClient", "Nonce"]
      .filter((name) => without(name).length < base.pairs.length)
      .map((name) => change("header-missing", "pairs", name, { pairs: without(name) })),
    ...["?", "/", ""].map((uri) => change("v1-slash", "uri", uri, { uri })),
    ...wrongHosts(request, "cwp").filter((host) => host !== base.host)
      .map((host) => change(withPort(host) ? "host-port" : "host", "host", host, { host })),
    ...["GET", "POST", base.method.toLowerCase()].filter((one) => one !== base.method)
      .map((method) => change("method", "method", method, { method })),
  ];
}

function text(recipe: Recipe): string {
  if (recipe.sorted && recipe.uri === "/?") return v1Text(recipe.method, recipe.host, recipe.pairs);
  const pairs = recipe.sorted ? [...recipe.pairs].sort(([one], [other]) => (one < other ? -1 : 1)) : recipe.pairs;
  return `${recipe.method}${recipe.host}${recipe.uri}${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

const signed = (recipe: Recipe) => v1(recipe.secret, text(recipe), recipe.algorithm);
