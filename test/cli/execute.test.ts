import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { execute } from "../../src/cli/execute.ts";
import { runWatched } from "../../src/cli/print/watch.ts";
import { trialRow } from "../../src/trial/columns.ts";
import { makeTrial } from "../../src/trial/make-trial.ts";
import { trialId } from "../../src/trial/trial.ts";

vi.mock("../../src/cli/print/watch.ts", () => ({ runWatched: vi.fn() }));

afterEach(() => {
  vi.restoreAllMocks();
});

it("tells the reason of a failed trial where the rows that are left cannot show an asked figure", async () => {
  const out = mkdtempSync(join(tmpdir(), "attnsim-execute-"));
  const [first, second] = ["dense", "infini"].map((variant) =>
    makeTrial({ task: "graphwalks", variant, tokens: 1000 }),
  );
  const row = trialRow({ task: "graphwalks", variant: "dense", tokensNominal: 1000, tokens: 1000, score: 1 });
  vi.mocked(runWatched).mockResolvedValue({
    rows: [row],
    planned: 2,
    interrupted: false,
    seconds: 1,
    failures: [{ trial: second!, reason: "no memory" }],
  });
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  const trials = [first!, second!].map((trial) => ({ id: trialId(trial), trial }));
  await expect(
    execute({ name: "two", question: "?", trials }, { out, figures: ["families"], config: {} }),
  ).rejects.toMatchObject({ failed: ["graphwalks, 1000 tokens, trial 0, infini: no memory"] });
  rmSync(out, { recursive: true });
});
