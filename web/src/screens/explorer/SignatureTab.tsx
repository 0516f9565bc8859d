/** How the request is signed, step by step, in this browser; and why another one is refused. */
import { useEffect, useState } from "react";
import { useTexts } from "@/lib/i18n";
import { Button, Code, Field, Select, TextInput } from "@/ui";
import { stringify } from "./logic/exact";
import { encode, encodePairs, flatten, type Pair } from "./logic/flat";
import { canSign, EXAMPLE_KEY, sha256, type Tc3, tc3, v1, type V1Algorithm, v1Text } from "./logic/signature";
import { PastedRequest } from "./PastedRequest";
import type { Scene } from "./state";
import { texts } from "./texts";

const WAYS = ["TC3-HMAC-SHA256 POST", "TC3-HMAC-SHA256 GET", "HmacSHA256 POST", "HmacSHA256 GET", "HmacSHA1 POST", "HmacSHA1 GET"] as const;
type Way = (typeof WAYS)[number];
const FORM = "application/x-www-form-urlencoded";
const MOST_NONCE = 65_536;

interface Key {
  secretId: string;
  secretKey: string;
}

type Shown = { kind: "v3"; made: Tc3; request: string } | { kind: "v1"; text: string; signature: string; request: string };

const now = () => Math.floor(Date.now() / 1000);

export function SignatureTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [way, setWay] = useState<Way>(WAYS[0]);
  const [time, setTime] = useState(() => String(now()));
  const [nonce, setNonce] = useState(() => String(Math.floor(Math.random() * MOST_NONCE)));
  const [shown, setShown] = useState<Shown>();
  const own = scene.caller.kind === "key" && scene.caller.secretId.trim() !== "" && scene.caller.secretKey.trim() !== "";
  const key: Key = own ? { secretId: scene.caller.secretId.trim(), secretKey: scene.caller.secretKey.trim() } : EXAMPLE_KEY;
  const right = /^\d{1,11}$/.test(time);
  const inputs = JSON.stringify([scene.action.name, scene.schema.service, stringify(scene.parameters), scene.common, scene.host, key, way, time, nonce]);
  useEffect(() => {
    if (!canSign() || !right) return undefined;
    let stale = false;
    const make = way.startsWith("TC3") ? version3(scene, key, way, Number(time)) : version1(scene, key, way, time, nonce);
    void make.then((made) => !stale && setShown(made));
    return () => {
      stale = true;
    };
    // `inputs` is all that is signed; the rest of the scene changes nothing here.
  }, [inputs, right]);
  if (!canSign()) return <p className="ex-hint">{t.noCrypto}</p>;
  return (
    <div className="ex-stack">
      <p className="ex-hint">{own ? t.ownKey : t.exampleKey}</p>
      <div className="ex-form-bar">
        <Select label={t.way} value={way} onChange={setWay} options={WAYS.map((one) => ({ value: one, label: one }))} />
        <Field label={t.timestamp} error={right ? "" : t.notSeconds}>
          {(id, by) => <TextInput id={id} describedBy={by} mono inputMode="numeric" invalid={!right} value={time} onChange={setTime} />}
        </Field>
        <Button onClick={() => setTime(String(now()))} icon="clock">{t.useNow}</Button>
        {!way.startsWith("TC3") && <Field label="Nonce">{(id, by) => <TextInput id={id} describedBy={by} mono inputMode="numeric" value={nonce} onChange={(next) => setNonce(next.replace(/\D/g, ""))} />}</Field>}
      </div>
      {shown?.kind === "v3" && <Version3 shown={shown} />}
      {shown?.kind === "v1" && <Version1 shown={shown} />}
      <PastedRequest />
    </div>
  );
}

function Version3({ shown: { made, request } }: { shown: Shown & { kind: "v3" } }) {
  const t = useTexts(texts);
  return (
    <>
      <h3>{t.step1}</h3>
      <Code text={made.canonicalRequest} language="text" copy wrap label={t.step1} />
      <p className="ex-hint">{t.hashed} <code className="ex-break">{made.hashed}</code></p>
      <h3>{t.step2}</h3>
      <Code text={made.stringToSign} language="text" copy wrap label={t.step2} />
      <h3>{t.step3}</h3>
      <p className="ex-hint">{t.keysSecret}</p>
      <Code text={made.keys.map(({ step, hex }) => `${step.padEnd(14)}${hex}`).join("\n")} language="text" copy wrap label={t.step3} />
      <h3>{t.step4}</h3>
      <Code text={made.authorization} language="text" copy wrap label={t.step4} />
      <details className="ex-common">
        <summary>{t.whole}</summary>
        <Code text={request} language="http" copy wrap label={t.whole} />
      </details>
    </>
  );
}

function Version1({ shown }: { shown: Shown & { kind: "v1" } }) {
  const t = useTexts(texts);
  return (
    <>
      <h3>{t.v1Text}</h3>
      <Code text={shown.text} language="text" copy wrap label={t.v1Text} />
      <h3>{t.v1Made}</h3>
      <Code text={shown.signature} language="text" copy wrap label={t.v1Made} />
      <h3>{t.whole}</h3>
      <p className="ex-hint">{t.v1Escaped}</p>
      <Code text={shown.request} language="http" copy wrap label={t.whole} />
    </>
  );
}

/** Host and port that are signed: those of the endpoint, else this server's. */
function hostOf(scene: Scene): string {
  return scene.common.endpoint.trim().replace(/^https?:\/\//, "").replace(/\/.*$/, "") || scene.host;
}

async function version3(scene: Scene, key: Key, way: Way, timestamp: number): Promise<Shown> {
  const host = hostOf(scene);
  const get = way.endsWith("GET");
  const query = get ? encodePairs(flatten(scene.parameters)) : "";
  const body = get ? "" : stringify(scene.parameters);
  const type = get ? FORM : "application/json";
  const method = get ? "GET" : "POST";
  const made = await tc3({
    method, uri: "/", query, headers: [["content-type", type], ["host", host]], payloadHash: await sha256(body),
    ...key, service: scene.schema.service, timestamp,
  });
  const headers: Pair[] = [
    ["Host", host], ["Content-Type", type], ["Authorization", made.authorization], ["X-TC-Action", scene.action.name],
    ["X-TC-Version", scene.schema.version], ["X-TC-Timestamp", String(timestamp)], ["X-TC-Language", scene.wireLanguage],
    ...optional(scene, "X-TC-"),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return { kind: "v3", made, request: `${method} /${query && `?${query}`} HTTP/1.1\n${lines}\n\n${body}`.trimEnd() };
}

async function version1(scene: Scene, key: Key, way: Way, timestamp: string, nonce: string): Promise<Shown> {
  const [algorithm, method] = way.split(" ") as [V1Algorithm, "GET" | "POST"];
  const host = hostOf(scene);
  const pairs: Pair[] = [
    ["Action", scene.action.name], ["Version", scene.schema.version], ["Timestamp", timestamp], ["Nonce", nonce], ["SecretId", key.secretId],
    ["SignatureMethod", algorithm], ["Language", scene.wireLanguage], ...optional(scene, ""), ...flatten(scene.parameters),
  ];
  const text = v1Text(method, host, pairs);
  const signature = await v1(key.secretKey, text, algorithm);
  const sent = `${encodePairs(pairs)}&Signature=${encode(signature)}`;
  const request = method === "GET" ? `GET /?${sent} HTTP/1.1\nHost: ${host}` : `POST / HTTP/1.1\nHost: ${host}\nContent-Type: ${FORM}\n\n${sent}`;
  return { kind: "v1", text, signature, request };
}

function optional({ common }: Scene, prefix: string): Pair[] {
  const all: Pair[] = [[`${prefix}Region`, common.region], [`${prefix}Token`, common.token]];
  return all.filter(([, value]) => value !== "");
}
