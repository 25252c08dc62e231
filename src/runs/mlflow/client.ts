import { setTimeout as sleep } from "node:timers/promises";

/** An MLflow server that answered with an error. */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly status: number;
  /** MLflow's own name of the error: RESOURCE_DOES_NOT_EXIST */
  readonly code: string;

  constructor(where: string, status: number, body: string) {
    const { error_code: code = "", message = "" } = parsed(body);
    super(
      `${where}: the server answered ${status}${code === "" ? "" : ` ${code}`}: ${message || body.slice(0, 200)}`,
    );
    this.status = status;
    this.code = code;
  }
}

function parsed(body: string): { readonly error_code?: string; readonly message?: string } {
  try {
    return (JSON.parse(body) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** An address, and how often and how patiently it is asked. */
export interface MlflowServer {
  /** without a path of the API: http://localhost:5000 */
  readonly url: string;
  /** value of the Authorization header; default: none */
  readonly authorization?: string | undefined;
  /** waits before another try, ms */
  readonly waits?: readonly number[];
}

const defaultWaits = [500, 1000, 2000, 4000, 8000] as const;

/** Longest wait that a server may ask for, ms. */
const mostWait = 60_000;

/** Whether the same request may succeed later: too many requests, or a fault of the server. */
const isPassing = (status: number): boolean => status === 429 || status >= 500;

interface ServerRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** below /api/2.0/ */
  readonly path: string;
  readonly body?: string | Uint8Array;
}

/**
 * Asks a server, again after 429, 5xx and broken connections. Returns the text of the answer.
 *
 * @throws MlflowError for an answer that is an error; an Error if the server cannot be reached
 */
async function ask(server: MlflowServer, { method, path, body }: ServerRequest): Promise<string> {
  const { url, authorization, waits = defaultWaits } = server;
  const address = `${url.replace(/\/+$/, "")}/api/2.0/${path}`;
  const headers = {
    "content-type": typeof body === "string" ? "application/json" : "application/octet-stream",
    ...(authorization !== undefined && { authorization }),
  };
  for (let attempt = 0; ; attempt++) {
    const wait = waits[attempt];
    let answer: Response;
    try {
      answer = await fetch(address, { method, headers, ...(body !== undefined && { body: body as string }) });
    } catch (error) {
      if (wait === undefined) throw new Error(`cannot reach ${url}: ${causeOf(error)}`, { cause: error });
      await sleep(wait);
      continue;
    }
    const text = await answer.text();
    if (answer.ok) return text;
    if (wait === undefined || !isPassing(answer.status))
      throw new MlflowError(`${method} ${path.split("?")[0]!}`, answer.status, text);
    const asked = Number(answer.headers.get("retry-after")) * 1000;
    await sleep(asked > 0 ? Math.min(asked, mostWait) : wait);
  }
}

const causeOf = (error: unknown): string => {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
};

/** Asks MLflow's tracking API. @param path below mlflow/ @throws as `ask` does */
export const askMlflow = async <Answer>(
  server: MlflowServer,
  method: "GET" | "POST",
  path: string,
  body?: object,
): Promise<Answer> =>
  JSON.parse(
    (await ask(server, { method, path: `mlflow/${path}`, ...(body && { body: JSON.stringify(body) }) })) ||
      "{}",
  ) as Answer;

/** Uploads a file through the server's artifact proxy. @param path below the proxy's root */
export async function uploadArtifact(server: MlflowServer, path: string, content: Uint8Array): Promise<void> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  await ask(server, { method: "PUT", path: `mlflow-artifacts/artifacts/${encoded}`, body: content });
}
