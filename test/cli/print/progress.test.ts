import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { progressLine } from "../../../src/cli/print/progress.ts";
import { emptyFolder } from "../../runs/folder.ts";

const line = (share: number, seconds: number): string =>
  progressLine({ done: 3, steps: 8, what: "trials", share, seconds });

it("says the time that is gone and left, in whole units", () => {
  expect(line(0, 0)).toBe("3/8 trials, <1s gone");
  expect(line(0.5, 42)).toBe("3/8 trials, 42s gone, 42s left");
  expect(line(0.999, 10)).toBe("3/8 trials, 10s gone, <1s left");
  expect(line(0.25, 100)).toBe("3/8 trials, 1m40s gone, 5m00s left");
  expect(line(0.5, 7259)).toBe("3/8 trials, 2h00m gone, 2h00m left");
  expect(line(1, 12)).toBe("3/8 trials, 12s gone");
});

it("never says 60 seconds of a minute or no time left", () => {
  for (let seconds = 0; seconds < 8000; seconds += 0.25)
    expect(line(0.5, seconds)).not.toMatch(/\b0s left|60s|60m|NaN/);
});

it("answers the first Ctrl-C at once, and keeps what is finished", async () => {
  const words = ["run", "--mode", "mean-field", "--task", "graphwalks", "--variant", "dense,quest,moba"];
  const many = ["--tokens", "1M", "--trials", "5000", "--out", emptyFolder()];
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...words, ...many], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let [err, asked, answered] = ["", 0, 0];
  child.stderr.on("data", (text: Buffer) => {
    err += text.toString();
    if (asked === 0 && err.includes("trials to run")) {
      asked = performance.now();
      // a little later: in the middle of the work
      setTimeout(() => {
        asked = performance.now();
        child.kill("SIGINT");
      }, 500);
    }
    if (answered === 0 && err.includes("stopping; finished trials are kept")) answered = performance.now();
  });
  const code = await new Promise((done) => child.on("exit", done));
  expect([code, err]).toEqual([130, expect.stringMatching(/interrupted: \d+ of 15000 trials are kept/)]);
  expect(answered - asked).toBeLessThan(10_000);
});
