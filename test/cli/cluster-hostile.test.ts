import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { savePlan } from "../../src/runs/cluster/plan-file.ts";
import { planOf } from "../../src/runs/plan.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { trialId } from "../../src/trial/trial.ts";
import type { Trial } from "../../src/trial/trial.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim } from "./attnsim.ts";

/** The message of a command line that is refused. */
async function refusal(...words: string[]): Promise<string> {
  const { code, err } = await attnsim(...words);
  expect([code, err]).toEqual([2, expect.stringContaining("error: ")]);
  expect(err).not.toMatch(/TypeError|undefined|NaN|\[object|is not a function|\n\s+at /);
  return err;
}

const yaml = "task: graphwalks\nvariant: [dense, moba]\ntokens: 4K\ntrials: 2\n";

/** A file with a plan, in a folder of its own. */
function planFile(text = yaml): string {
  const path = join(emptyFolder(), "plan.yaml");
  writeFileSync(path, text);
  return path;
}

const commands = ["submit", "work", "status", "collect"] as const;

describe.each(commands)("%s", (command) => {
  it.each([
    ["no file", () => join(emptyFolder(), "none.yaml"), "none.yaml"],
    ["a folder without a plan", emptyFolder, "plan.json"],
    ["a list", () => planFile("- 1\n- 2\n"), "plan.yaml"],
    ["an unknown option", () => planFile(`${yaml}__proto__: 1\nconstructor: 2\n`), "plan.yaml"],
    ["an unknown variant", () => planFile(yaml.replace("moba", "toString")), 'attention variant "toString"'],
    ["no tokens", () => planFile(yaml.replace("4K", "-1")), "-1"],
    [
      "a length beyond all integers",
      () => planFile(yaml.replace("4K", "9007199254740993")),
      "900719925474099",
    ],
  ])("refuses %s", async (_, path, message) => {
    const out = join(emptyFolder(), "out");
    expect(await refusal(command, path(), "--out", out)).toContain(message);
    expect(existsSync(out)).toBe(false);
  });
});

it.each([
  [["submit", "--array-size", "0"], "array-size"],
  [["submit", "--array-size", "1.5"], "array-size"],
  [["submit", "--mem", "4GB"], "4GB"],
  [["submit", "--time", "$(id)"], "--time must be of letters"],
  [["submit", "--partition", "cpu\n#SBATCH --uid=0"], "--partition must be of letters"],
  [["submit", "--kubernetes"], "--image and --claim"],
  [["submit", "--kubernetes", "--image", "a", "--claim", "b", "--qos", "c"], "no qos"],
  [["work"], "give --share i/n"],
  [["work", "--share", "0/3"], "1 to n"],
  [["work", "--share", "4/3"], "1 to n"],
  [["work", "--share", "1/3; id"], "1 to n"],
  [["work", "--share", "1/1", "--submission", "7"], "no submission 7"],
  [["work", "--share", "1/1", "--workers", "100000"], "workers"],
])("refuses %j", async ([command, ...flags], message) => {
  expect(await refusal(command!, planFile(), ...flags, "--out", join(emptyFolder(), "out"))).toContain(
    message,
  );
});

const trial = makeTrial({ task: "graphwalks", variant: "dense", tokens: "4K" });

/** A folder whose plan was edited, with ids that fit. */
function editedPlan(change: Readonly<Record<string, unknown>>): string {
  const folder = emptyFolder();
  const edited = { ...trial, ...change } as unknown as Trial;
  const plan = { ...planOf("sweep", "Does it hold?", []), trials: [{ id: trialId(edited), trial: edited }] };
  savePlan(folder, { plan, config: {} });
  return folder;
}

describe.each([
  [{ mode: "dreams" }, "mode"],
  [{ tokens: -1 }, "tokens"],
  [{ tokens: 4096.5 }, "tokens"],
  [{ seed: "x" }, "seed"],
  [{ reader: null }, "reader"],
  [{ reader: { headDim: 1e9 } }, "headDim"],
  [{ task: "constructor" }, 'task "constructor"'],
  [{ variant: "dense(" }, "dense("],
  [{ fitted: "valueOf" }, 'attention variant "valueOf"'],
  [{ engine: "__proto__" }, 'engine "__proto__"'],
  [{ engine: undefined }, "engine"],
])("a trial with %j", (change, message) => {
  it.each(commands)("is refused by %s", async (command) => {
    const folder = editedPlan(change);
    expect(await refusal(command, folder)).toContain(message);
    expect(readdirSync(folder)).toEqual(["plan.json"]);
  });
});

it.each(["", "{", "null", "[]", "7", "{}", '{"trials":[null]}', '{"__proto__":{"trials":[]}}'])(
  "refuses the plan.json %j",
  async (text) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "plan.json"), text);
    for (const command of commands) expect(await refusal(command, folder)).toContain("plan.json");
  },
);

it.each(["", "null", '{"shares":3}', '{"shares":[[7]]}'])("refuses the submission %j", async (text) => {
  const folder = editedPlan({});
  mkdirSync(join(folder, "shares"));
  writeFileSync(join(folder, "shares", "submission-1.json"), text);
  const message = await refusal("work", folder, "--submission", "1", "--share", "1/1");
  expect(message).toContain("submission-1.json");
});
