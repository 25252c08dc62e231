import { describe, expect, it } from "vitest";
import { usersThatFit } from "../../../src/deployment/choice.ts";
import { parseSpec } from "../../../src/attention/spec.ts";
import { models } from "../../../src/hardware/models/all.ts";
import { systems } from "../../../src/hardware/systems/all.ts";
import { rackFindings } from "../../../src/studies/co-design/findings.ts";
import { kvDtype, weights } from "../../../src/studies/co-design/question.ts";
import type { CoDesignQuestion } from "../../../src/studies/co-design/question.ts";
import { rackRows } from "../../../src/studies/co-design/racks.ts";

const [model, system] = [models.get("deepseek-v3"), systems.get("gb200-nvl72")];
const tokens = 2 ** 20;
const most = usersThatFit({ system, model, spec: parseSpec("dense"), weights, kvDtype }, tokens);

describe("rows of racks", () => {
  it("have no time where the users' caches do not fit, and findings say so", () => {
    const asked = { model, systems: [system], onRacks: ["dense"], users: most + 1, tokens };
    const [row, ...others] = rackRows(asked);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      usersPerRack: most,
      stepSeconds: null,
      idealSeconds: null,
      linkSeconds: null,
    });
    // the rest of the question is for other tables
    expect(rackFindings(asked as unknown as CoDesignQuestion, [row!])).toEqual([
      `dense on gb200-nvl72: the caches of ${most} users fit, not those of ${most + 1}.`,
    ]);
    const [timed] = rackRows({ ...asked, users: most });
    expect(timed!.stepSeconds).toBeGreaterThan(0);
  });
});
