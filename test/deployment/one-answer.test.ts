import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parseSpec } from "../../src/attention/spec.ts";
import { formatSeconds } from "../../src/core/units.ts";
import { parseBudget } from "../../src/deployment/budget.ts";
import { usersThatFit } from "../../src/deployment/choice.ts";
import { stepOf } from "../../src/deployment/decode.ts";
import { divisionOf } from "../../src/deployment/division.ts";
import { fitBudget } from "../../src/deployment/fit-budget.ts";
import { replicaOf } from "../../src/deployment/replica.ts";
import { models } from "../../src/hardware/models/all.ts";
import { formatParallel } from "../../src/hardware/parallel.ts";
import { decodeSeconds } from "../../src/hardware/serving/replica.ts";
import { systems } from "../../src/hardware/systems/all.ts";
import { rackRows } from "../../src/studies/co-design/racks.ts";
import { candidateCost } from "../../src/studies/explain/cost.ts";
import { attnsimJson } from "../cli/attnsim.ts";

const [system, model] = [systems.get("gb200-nvl72"), models.get("deepseek-v3")];
const [users, tokens] = [64, 2 ** 20];

type Row = Readonly<Record<string, number | string>>;

const rowsOf = async (line: string): Promise<Row[]> => {
  const asked = `${line} --system gb200-nvl72 --model deepseek-v3 --users ${users} --kv-dtype fp8`;
  const { rows, points } = await attnsimJson<{ rows?: Row[]; points?: Row[] }>(...asked.split(" "));
  return rows ?? points!;
};

/** The rows that an experiment writes when it runs as a program. */
async function experimentRows(name: string): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "attnsim-"));
  const argv = process.argv;
  process.argv = [...argv.slice(0, 2), "--out", folder];
  const silent = vi.spyOn(console, "log").mockReturnValue();
  const quiet = vi.spyOn(console, "error").mockReturnValue();
  try {
    await import(`../../experiments/${name}.ts`);
  } finally {
    process.argv = argv;
    silent.mockRestore();
    quiet.mockRestore();
  }
  expect(process.exitCode).toBe(0);
  const [titles, ...lines] = readFileSync(join(folder, "data.csv"), "utf8").trim().split("\n");
  return lines.map((line) =>
    Object.fromEntries(
      titles!.split(",").map((title, i) => [title, line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)[i]!]),
    ),
  );
}

// one of measured kernels, one of its cost formula
const asked = [
  { variant: "dense", least: "dense" },
  { variant: "moba", least: "moba(k=1)" },
];

describe.each(asked)("64 users of 1M tokens on a GB200 rack by $variant", ({ variant, least }) => {
  const on = { system, model, spec: parseSpec(variant), weights: "nvfp4", kvDtype: "fp8" } as const;
  const step = stepOf({ ...on, users, tokens });
  const ideal = stepOf({ ...on, users, tokens, profile: "ideal" });
  const fitting = usersThatFit(on, tokens);

  it("take one time of a step: hardware decode", async () => {
    const [row] = await rowsOf(`hardware decode --variant ${variant} --context 1M --beyond`);
    expect(row).toMatchObject({
      seconds: step.seconds,
      tpotSeconds: step.tpotSeconds,
      parallel: formatParallel(step.division.parallel),
      shortBytes: 0,
    });
    const [bound] = await rowsOf(
      `hardware decode --variant ${variant} --context 1M --beyond --profile ideal`,
    );
    expect(bound!["seconds"]).toBe(ideal.seconds);
  });

  it("fit as many: hardware memory", async () => {
    const [row] = await rowsOf(`hardware memory --variant ${variant} --context 1M --beyond`);
    expect(row).toMatchObject({ usersPerRack: fitting, shortBytes: 0 });
  });

  it("budgets: the step is their limit, and the users who fit are theirs", () => {
    const fit = (count: number, more = "") =>
      fitBudget(
        parseBudget(`system=gb200-nvl72,model=deepseek-v3,users=${count}${more}`),
        `${least}+fp8`,
        tokens,
      ).budget;
    const ms = 1000 * stepOf({ ...on, spec: parseSpec(least), users, tokens }).seconds;
    expect(fit(users, `,step-ms=${ms * 1.0001}`).fits).toBe(true);
    expect(fit(users, `,step-ms=${ms * 0.9999}`).fits).toBe(false);
    expect(fit(users, `,step-ms=${ms * 0.9}`).short).toContain(formatSeconds(ms / 1000));
    expect(fit(fitting).fits).toBe(true);
    expect(fit(fitting + 1).fits).toBe(false);
  });

  it("co-design, explain and replicas", () => {
    const [row] = rackRows({ model, systems: [system], onRacks: [variant], users, tokens });
    expect(row).toMatchObject({
      stepSeconds: step.seconds,
      idealSeconds: ideal.seconds,
      usersPerRack: fitting,
    });
    const [cost] = candidateCost(variant, 1, { ...on, systems: [system], users, tokens }).systems;
    expect(cost).toMatchObject({ tpotSeconds: step.tpotSeconds, usersPerRack: fitting });
    const replica = replicaOf(divisionOf(on, step.division.parallel));
    expect(decodeSeconds(replica, users, tokens, { tokens: 0, acceptance: 0 })).toBe(step.seconds);
  });

  it.runIf(variant === "dense")("frontier", async () => {
    const [row] = await rowsOf(
      `frontier --mean-field --task mrcr --variant ${variant} --tokens 1M --beyond --trials 1`,
    );
    expect(row).toMatchObject({ tpotSeconds: step.tpotSeconds, usersPerRack: fitting });
  });
});

describe("tables of racks", () => {
  let steps: Row[], memories: Row[];
  beforeAll(async () => {
    steps = await experimentRows("nvl72-decode");
    memories = await experimentRows("nvl72-budget");
  }, 120_000);

  it("say the same", () => {
    for (const variant of ["dense", "moba"]) {
      const on = { system, model, spec: parseSpec(variant), weights: "nvfp4", kvDtype: "fp8" } as const;
      const find = (rows: readonly Row[]): Row =>
        rows.find(
          (row) =>
            row["system"] === system.name &&
            row["model"] === model.name &&
            row["variant"] === variant &&
            Number(row["tokens"]) === tokens &&
            (row["kvDtype"] ?? "fp8") === "fp8",
        )!;
      const ms = (profile: "measured" | "ideal"): number =>
        1000 * stepOf({ ...on, users, tokens, profile }).tpotSeconds;
      expect(Number(find(steps)["tpotMs"])).toBeCloseTo(ms("measured"), 6);
      expect(Number(find(steps)["idealMs"])).toBeCloseTo(ms("ideal"), 6);
      expect(Number(find(memories)["usersPerRack"])).toBe(usersThatFit(on, tokens));
    }
  });
});
