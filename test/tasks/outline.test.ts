import { describe, expect, it } from "vitest";
import { mean, variance } from "../../src/core/stats.ts";
import { Random } from "../../src/core/random.ts";
import { parseTask } from "../../src/tasks/spec.ts";

const problems = Array.from({ length: 10 }, (_, i) => new Random(`outline/${i}`));

// what lies in a block or segment depends on the last few tokens of a context
describe.each([
  ["graphwalks(operation=parents)", 2000],
  ["graphwalks(degree=0)", 8000],
  ["graphwalks(wording=exact-depth)", 16_000],
  ["mrcr", 16_384],
])("the outline of %s at %i tokens", (spec, nominal) => {
  const { task, params } = parseTask(spec);
  const generated = problems.map((random) => task.generate(nominal, params, random).tokens);
  const outlined = problems.map((random) => task.outline!(nominal, params, random).tokens);

  it("has as many tokens as its problems, and as different ones", () => {
    const error = Math.sqrt((variance(generated) + variance(outlined)) / problems.length);
    expect(Math.abs(mean(outlined) - mean(generated))).toBeLessThan(3 * error + 0.001 * nominal);
    expect(new Set(outlined).size).toBeGreaterThan(5);
  });
});
