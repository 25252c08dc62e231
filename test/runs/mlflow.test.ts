import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scoreTables } from "../../src/runs/summary.ts";
import { readTrialRows } from "../../src/files/csv.ts";
import { exportedRun } from "../../src/runs/mlflow/entities.ts";
import { exportRun } from "../../src/runs/mlflow/export.ts";
import { cutTo, keyNamer, keyOf } from "../../src/runs/mlflow/keys.ts";
import { batchesOf } from "../../src/runs/mlflow/limits.ts";
import { attnsim } from "../cli/attnsim.ts";
import { emptyFolder } from "./folder.ts";
import { startStandIn } from "./mlflow-server.ts";

const results = join(import.meta.dirname, "../../results");

const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

const quick = [1, 1, 1] as const;

it("sends settings, means and files of a folder, and the mean of every cell once", async () => {
  const server = await startStandIn({ proxied: true });
  const folder = join(results, "think");
  const { runs } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    runs: readonly { started: string; seconds: number }[];
  };
  const [first, last] = [runs[0]!, runs.at(-1)!];
  const { code, out, err } = await attnsim(
    ...["export", "mlflow", folder, "--url", server.url, "--experiment", "reading again"],
  );
  expect([code, err]).toEqual([0, matching(/^\d+ metrics, \d+ parameters, 5 files\n$/)]);
  expect(out).toBe(`${server.url}/#/experiments/7/runs/r1\n`);
  expect([...server.experiments]).toEqual([["reading again", "7"]]);
  expect(server.runs).toEqual([
    { experiment_id: "7", run_name: "think", start_time: Date.parse(first.started) },
    {
      run_id: "r1",
      status: "FINISHED",
      end_time: Math.round(Date.parse(last.started) + 1000 * last.seconds),
    },
  ]);
  expect(server.params.get("seed")).toBe("578049779");
  expect(server.params.get("trials/finished")).toBe("6042");
  expect(server.tags.get("mlflow.note.content")).toMatch(/^Does reading again/);
  expect(server.artifacts.get("7/r1/artifacts/data.csv")).toBe(
    readFileSync(join(folder, "data.csv"), "utf8"),
  );
  const sent = server.metrics.filter(({ key }) => key.startsWith("score/"));
  const cells = scoreTables(readTrialRows(join(folder, "data.csv"))).flatMap(({ lines }) =>
    lines.flatMap((line) => line.cells.filter((cell) => cell !== undefined)),
  );
  const pairs = (list: readonly { readonly step?: unknown; readonly value: unknown }[]): string[] =>
    list.map(({ step, value }) => `${String(step)} ${String(value)}`).sort();
  expect(pairs(sent)).toEqual(pairs(cells.map(({ tokens, mean }) => ({ step: tokens, value: mean }))));
  const places = server.metrics.map(({ key, step }) => `${key} ${step!}`);
  expect(new Set(places).size).toBe(places.length);
});

it("names the files that a server without a proxy cannot take, and finds an experiment that exists", async () => {
  const server = await startStandIn({ proxied: false });
  server.experiments.set("old", "7");
  const folder = join(results, "mrcr-1m");
  const taken = await exportRun(server, { experiment: "old", folder, run: exportedRun(folder) });
  expect(taken.uploaded).toEqual([]);
  expect(server.artifacts.size).toBe(0);
  expect(server.tags.get("attnsim.artifacts")).toMatch(/data\.csv/);
  expect(server.asked).not.toContain("POST /api/2.0/mlflow/experiments/create");
});

it("tries again after 429 and 5xx, and not after what stays wrong", async () => {
  const server = await startStandIn({ proxied: false });
  const folder = join(results, "mrcr-1m");
  const run = exportedRun(folder);
  const send = () => exportRun({ url: `${server.url}/`, waits: quick }, { experiment: "e", folder, run });
  server.faults.push({ status: 503 }, { status: 429, headers: { "retry-after": "0.01" } }, { status: 500 });
  expect((await send()).runId).toBe("r1");
  expect(server.asked.filter((asked) => asked.endsWith("get-by-name"))).toHaveLength(4);
  server.faults.push(...Array.from({ length: 4 }, () => ({ status: 502 })));
  await expect(send()).rejects.toThrow(
    "GET mlflow/experiments/get-by-name: the server answered 502: <html>busy",
  );
  const before = server.asked.length;
  server.faults.push({ status: 403 });
  await expect(send()).rejects.toThrow(/answered 403/);
  expect(server.asked).toHaveLength(before + 1);
  await expect(
    exportRun({ url: "http://127.0.0.1:9", waits: quick }, { experiment: "e", folder, run }),
  ).rejects.toThrow(/^cannot reach http:\/\/127\.0\.0\.1:9: /);
});

it("keeps within the limits whatever a folder holds", async () => {
  const server = await startStandIn({ proxied: false });
  const folder = join(emptyFolder(), "many");
  cpSync(join(results, "mrcr-1m"), folder, { recursive: true });
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as object;
  const many = Object.fromEntries(
    Array.from({ length: 950 }, (_, i) => [
      `../é(${i}) ${"key".repeat(i % 150)}`,
      "\u{1f600}ü".repeat(i % 2 ? 2500 : 3),
    ]),
  );
  writeFileSync(path, JSON.stringify({ ...manifest, question: "?".repeat(9000), config: many }));
  const run = exportedRun(folder);
  const metrics = Array.from({ length: 2500 }, (_, i) => ({
    key: `m ${i}`,
    value: i,
    timestamp: 1,
    step: i,
  }));
  await exportRun(server, { experiment: "e", folder, run: { ...run, metrics } });
  expect(server.metrics).toHaveLength(2500);
  expect(server.params.size).toBe(run.params.length);
  expect(server.params.size).toBeGreaterThan(950);
  expect(Math.max(...[...server.params.values()].map((value) => value.length))).toBe(6000);
  expect(server.tags.get("mlflow.note.content")).toHaveLength(5000);
  const batches = batchesOf({ metrics, params: [], tags: [] });
  expect(batches.map(({ metrics: own }) => own.length)).toEqual([1000, 1000, 500]);
});

it("makes keys that MLflow takes, different for different parts", () => {
  expect(keyOf("score", "graphwalks-bfs", "dsa(k=2048)+fp8")).toBe("score/graphwalks-bfs/dsa k-2048-fp8");
  expect(keyOf("..", "/a//b/", "")).toBe("-/a-b/-");
  expect(keyOf("a".repeat(300))).toHaveLength(250);
  expect(keyOf("a".repeat(300))).not.toBe(keyOf("a".repeat(301)));
  const named = keyNamer();
  const keys = [named("a(b)"), named("a b"), named("a(b)"), named("a,b")];
  expect(keys[0]).toBe("a b");
  expect(keys[2]).toBe("a b");
  expect(new Set(keys).size).toBe(3);
  expect([cutTo(4, "abcd"), cutTo(4, "abcde")]).toEqual(["abcd", "a..."]);
});

it("prints with --dry-run what it would send, and asks no server", async () => {
  const server = await startStandIn({ proxied: true });
  const folder = join(results, "mrcr-1m");
  const words = ["export", "mlflow", folder, "--experiment", "e", "--dry-run"];
  const { code, out } = await attnsim(...words, "--url", server.url);
  expect(code).toBe(0);
  expect(server.asked).toEqual([]);
  const said = JSON.parse(out) as object;
  expect(said).toMatchObject({ experiment: "e", name: "mrcr-1m", batches: batchesOf(exportedRun(folder)) });
  expect(await attnsim(...words, "--url", "localhost")).toMatchObject({ code: 2 });
  const tables = await attnsim(
    "export",
    "mlflow",
    join(results, "co-design"),
    ...words.slice(3),
    "--url",
    server.url,
  );
  expect(tables).toMatchObject({ code: 2, err: matching(/no manifest\.json of trials/) });
});

it("sends the credentials that MLflow's own client would", async () => {
  const server = await startStandIn({ proxied: false });
  const words = ["export", "mlflow", join(results, "mrcr-1m"), "--url", server.url, "--experiment", "e"];
  const said = async (name: string, value: string): Promise<string | undefined> => {
    process.env[name] = value;
    try {
      expect((await attnsim(...words)).code).toBe(0);
      return server.authorizations.at(-1);
    } finally {
      Reflect.deleteProperty(process.env, name);
    }
  };
  expect(await said("MLFLOW_TRACKING_TOKEN", "abc")).toBe("Bearer abc");
  expect(await said("MLFLOW_TRACKING_USERNAME", "me")).toBe("Basic bWU6");
});
