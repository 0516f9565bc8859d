// Many calls with an official Node SDK, in one process: node node_calls.js FOLDER, where FOLDER holds node_modules.
// stdin and stdout as in python_calls.py. Kinds: "node common" (the mainland package of the common client), "node intl"
// (typed models of the international one) and "node intl common".
"use strict";
const { createRequire } = require("module");
const path = require("path");

const load = createRequire(path.join(path.resolve(process.argv[2]), "package.json"));
const VERSIONS = { cwp: "2018-02-28", hostward: "2026-12-01" };
const INTL = "tencentcloud-sdk-nodejs-intl-en";

function mainland(way, testCase, setup, key) {
  const { CommonClient } = load("tencentcloud-sdk-nodejs-common");
  const service = testCase.service || "cwp";
  const httpProfile = { protocol: "http://", endpoint: setup.endpoint, reqMethod: way.method };
  const client = new CommonClient(`${service}.tencentcloudapi.com`, VERSIONS[service], {
    credential: { secretId: key.id, secretKey: key.secret, token: key.token },
    region: testCase.region,
    profile: { signMethod: way.sign || undefined, httpProfile, language: testCase.language },
  });
  return (step, params) => client.request(step.action, params, { skipSign: testCase.skip_sign });
}

function international(way, testCase, setup, key) {
  const Credential = load(`${INTL}/tencentcloud/common/credential`);
  const ClientProfile = load(`${INTL}/tencentcloud/common/profile/client_profile`);
  const HttpProfile = load(`${INTL}/tencentcloud/common/profile/http_profile`);
  const http = new HttpProfile("http://", setup.endpoint, way.method);
  const profile = new ClientProfile(way.sign || undefined, http);
  const credential = new Credential(key.id, key.secret, key.token);
  const service = testCase.service || "cwp";
  if (way.kind === "node intl common") {
    const CommonClient = load(`${INTL}/tencentcloud/common/common_client`);
    const client = new CommonClient(
      `${service}.tencentcloudapi.com`, VERSIONS[service], credential, testCase.region, profile);
    return (step, params) => new Promise((resolve, reject) => {
      client.request(step.action, params, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }
  const { Client, Models } = load(`${INTL}/tencentcloud/cwp`).v20180228;
  const client = new Client(credential, testCase.region, profile);
  return (step, params) => {
    const request = new Models[`${step.action}Request`]();
    request.from_json_string(JSON.stringify(params));
    return new Promise((resolve, reject) => {
      client[step.action](request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  };
}

async function outcome(way, testCase, setup) {
  const key = {
    id: testCase.secret_id || setup.secret_id, secret: testCase.secret || setup.secret, token: testCase.token || null,
  };
  const call = (way.kind === "node common" ? mainland : international)(way, testCase, setup, key);
  let task = 0;
  let answer = {};
  const names = [];
  try {
    for (const step of testCase.steps) {
      const params = Object.fromEntries(
        Object.entries(step.params).map(([name, value]) => [name, value === "$TaskId" ? task : value]));
      answer = await call(step, params);
      task = answer.TaskId || task;
      for (const row of answer.ScanTaskDetailList || []) names.push(row.HostName);
    }
    return { answer, names };
  } catch (error) {
    return { error: {
      code: String(error.code), message: String(error.message), request_id: String(error.requestId || ""),
      trace_id: String(error.traceId || ""),
    } };
  }
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const setup = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  for (const way of setup.ways) {
    for (const testCase of setup.cases) {
      if (!testCase.kinds.includes(way.kind)) continue;
      const line = { way: way.name, case: testCase.name, ...(await outcome(way, testCase, setup)) };
      process.stdout.write(JSON.stringify(line) + "\n");
    }
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
