import { describe, expect, it } from "vitest";
import { fastestDecode, sustainedDecode } from "../../../src/deployment/decode.ts";
import { divisionsOf } from "../../../src/deployment/division.ts";
import { fits } from "../../../src/deployment/memory.ts";
import { parseSpec } from "../../../src/attention/spec.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { decodeRows } from "../../../src/studies/racks/decode.ts";
import { memoryRows } from "../../../src/studies/racks/memory.ts";
import { attnsim } from "../../cli/attnsim.ts";

const racks = {
  system: ["gb200-nvl72"],
  model: ["llama-3.1-405b"],
  context: [131_072],
  kvDtype: ["fp8" as const],
  set: [],
};
const [memory] = memoryRows({ ...racks, users: 1 });
const most = memory!.usersPerRack;

describe("a decode step of more users than fit", () => {
  const divisions = divisionsOf(
    {
      system: systems.get("gb200-nvl72"),
      model: models.get("llama-3.1-405b"),
      spec: parseSpec("dense"),
      kvDtype: "fp8",
      weights: "nvfp4",
    },
    "decode",
  );

  it("is that of the users whom memory holds, and one more does not fit", () => {
    const sustained = sustainedDecode(divisions, { users: most + 1, tokens: 131_072 })!;
    expect(sustained.users).toBe(most);
    const step = fastestDecode(divisions, { users: most, tokens: 131_072 })!;
    expect(fits(step.lack)).toBe(true);
    expect(sustained.tpotSeconds).toBe(step.tpotSeconds);
    expect(fits(fastestDecode(divisions, { users: most + 1, tokens: 131_072 })!.lack)).toBe(false);
  });

  it("is not asked where all fit, or not one does", () => {
    expect(sustainedDecode(divisions, { users: most, tokens: 131_072 })).toBeUndefined();
    expect(sustainedDecode(divisions, { users: 1, tokens: 2 ** 30 })).toBeUndefined();
  });

  it("stands in the row beside the users asked for", () => {
    const [few, many] = decodeRows({
      ...racks,
      users: [1, 10 * most],
      drafts: { tokens: 0, acceptance: 0.8 },
    });
    expect(few).toMatchObject({ users: 1, sustainedUsers: null, sustainedTpotSeconds: null });
    expect(many).toMatchObject({ users: 10 * most, tpotSeconds: null, sustainedUsers: most });
    expect(many!.sustainedTpotSeconds).toBeGreaterThan(few!.tpotSeconds!);
  });
});

describe("the command line", () => {
  const on = ["--system", "gb200-nvl72", "--model", "llama-3.1-405b"];

  it("prints the users who fit and their time, where one asks for more", async () => {
    const many = await attnsim("hardware", "decode", ...on, "--context", "128K", "--users", "100000");
    expect(many.out).toMatch(new RegExp(`users who fit  their TPOT.*\\n.*\\n.* ${most} +[\\d.]+ ms`));
    const few = await attnsim("hardware", "decode", ...on, "--context", "128K", "--users", "1");
    expect(few.out).not.toContain("their TPOT");
  });

  it("prints them behind the dash of a frontier", async () => {
    const drawn = ["--mean-field", "--task", "graphwalks", "--variant", "dense", "--trials", "2"];
    const { out } = await attnsim("frontier", ...drawn, "--tokens", "128K", "--users", "4000", ...on);
    expect(out).toMatch(new RegExp(`- \\([\\d.]+ ms for ${most}\\)`));
  });
});
