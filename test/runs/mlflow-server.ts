import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { posix } from "node:path";
import { onTestFinished } from "vitest";

interface Entity {
  readonly key: string;
  readonly value: string | number;
  readonly step?: number;
  readonly timestamp?: number;
}

/** The records that a stand-in server was sent. */
export interface StandIn {
  readonly url: string;
  /** method and path of each request, without the query */
  readonly asked: string[];
  readonly authorizations: (string | undefined)[];
  readonly experiments: Map<string, string>;
  readonly runs: Record<string, unknown>[];
  readonly metrics: Entity[];
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly artifacts: Map<string, string>;
  /** answers that the next requests get in place of their own */
  readonly faults: { readonly status: number; readonly headers?: Record<string, string> }[];
}

/** An error as MLflow answers it. */
class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(message: string, code = "INVALID_PARAMETER_VALUE", status = 400) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const most = (what: string, count: number, limit: number): void => {
  if (count > limit) throw new Refused(`at most ${limit} ${what}; got ${count}`);
};

/** The rules of mlflow/utils/validation.py, commit 001cc178a1442b488da41853c497adc5285a284d. */
function checkKey(key: string): void {
  const normal = posix.normalize(key);
  if (!/^[/\w.\- ]*$/.test(key) || normal !== key || /^(\.$|\.\.|\/)/.test(normal))
    throw new Refused(`Invalid name: '${key}'`);
  most("characters of a key", key.length, 250);
}

function checkBatch(body: string, batch: Record<"metrics" | "params" | "tags", Entity[]>): void {
  const { metrics, params, tags } = batch;
  most("bytes", Buffer.byteLength(body), 1e6);
  most("metrics", metrics.length, 1000);
  most("params", params.length, 100);
  most("tags", tags.length, 100);
  most("entities", metrics.length + params.length + tags.length, 1000);
  for (const { key } of [...metrics, ...params, ...tags]) checkKey(key);
  for (const { value } of params) most("characters of a param", (value as string).length, 6000);
  for (const { value } of tags) most("characters of a tag", (value as string).length, 5000);
  if (new Set(params.map(({ key }) => key)).size < params.length)
    throw new Refused("Duplicate parameter keys");
  for (const { key, value, timestamp = -1, step } of metrics)
    if (typeof value !== "number" || !Number.isInteger(step) || !Number.isInteger(timestamp) || timestamp < 0)
      throw new Refused(`Got invalid value for metric '${key}'`);
}

/** Starts a server that answers as MLflow's tracking API does and refuses what MLflow refuses. */
export async function startStandIn({ proxied }: { readonly proxied: boolean }): Promise<StandIn> {
  const state: Omit<StandIn, "url"> = {
    asked: [],
    authorizations: [],
    experiments: new Map(),
    runs: [],
    metrics: [],
    params: new Map(),
    tags: new Map(),
    artifacts: new Map(),
    faults: [],
  };
  const root = proxied ? "mlflow-artifacts:/7/r1/artifacts" : "s3://bucket/7/r1/artifacts";
  const api: Record<string, (body: string, query: URLSearchParams) => object> = {
    "GET mlflow/experiments/get-by-name": (_body, query) => {
      const id = state.experiments.get(query.get("experiment_name")!);
      if (id === undefined) throw new Refused("No such experiment", "RESOURCE_DOES_NOT_EXIST", 404);
      return { experiment: { experiment_id: id } };
    },
    "POST mlflow/experiments/create": (body) => {
      const { name } = JSON.parse(body) as { name: string };
      state.experiments.set(name, "7");
      return { experiment_id: "7" };
    },
    "POST mlflow/runs/create": (body) => {
      state.runs.push(JSON.parse(body) as Record<string, unknown>);
      return { run: { info: { run_id: "r1", artifact_uri: root } } };
    },
    "POST mlflow/runs/update": (body) => {
      state.runs.push(JSON.parse(body) as Record<string, unknown>);
      return {};
    },
    "POST mlflow/runs/log-batch": (body) => {
      const batch = JSON.parse(body) as Record<"metrics" | "params" | "tags", Entity[]>;
      checkBatch(body, batch);
      state.metrics.push(...batch.metrics);
      for (const { key, value } of batch.params) {
        if ((state.params.get(key) ?? value) !== value)
          throw new Refused(`Changing param values is not allowed: '${key}'`);
        state.params.set(key, value as string);
      }
      for (const { key, value } of batch.tags) state.tags.set(key, value as string);
      return {};
    },
  };
  const answer = (request: IncomingMessage, body: string): object => {
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    const path = pathname.replace("/api/2.0/", "");
    const upload = /^mlflow-artifacts\/artifacts\/(.+)$/.exec(path);
    if (request.method === "PUT" && upload !== null && proxied) {
      state.artifacts.set(upload[1]!, body);
      return {};
    }
    const handler = api[`${request.method!} ${path}`];
    if (handler === undefined) throw new Refused(`no ${path}`, "ENDPOINT_NOT_FOUND", 404);
    return handler(body, searchParams);
  };
  const answerOf = (request: IncomingMessage, body: string): [status: number, said: object] => {
    try {
      return [200, answer(request, body)];
    } catch (error) {
      if (!(error instanceof Refused)) return [418, { message: String(error) }];
      return [error.status, { error_code: error.code, message: error.message }];
    }
  };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      state.asked.push(`${request.method!} ${request.url!.split("?")[0]!}`);
      state.authorizations.push(request.headers.authorization);
      const fault = state.faults.shift();
      if (fault !== undefined) {
        response.writeHead(fault.status, fault.headers).end("<html>busy</html>");
        return;
      }
      const [status, said] = answerOf(request, body);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ...state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
