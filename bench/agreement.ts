/**
 * How far each attention variant is, on each usable engine, from the float64 reference, and whether it reads what its
 * cost says: 20,003 tokens, 2 kv heads of 128, default parameters, bf16 bytes.
 *
 *   npx tsx bench/agreement.ts
 */
import { variants } from "../src/attention/registry.ts";
import type { AnyVariant } from "../src/attention/variant.ts";
import { formatTable } from "../src/cli/print/table.ts";
import { resolveParams } from "../src/core/params.ts";
import { flat } from "../src/core/tensor.ts";
import { counting } from "../src/engines/counting.ts";
import { listEngines, loadEngine } from "../src/engines/registry.ts";
import type { Ops } from "../src/engines/ops.ts";
import { clearWorlds, world } from "../test/attention/fixtures.ts";

const shape = { tokens: 20_003, kvHeads: 2, headDim: 128, bytesPerElement: 2, needles: [777, 12_345] };

/** Outputs per kv head of one decode query, and the bytes it read. */
function attend(
  variant: AnyVariant,
  ops: Ops,
): { outputs: (ArrayLike<number> & Iterable<number>)[]; read: number[] } {
  const counted = counting(ops);
  const params = resolveParams(variant.name, variant.params);
  const { cache, queries } = world(counted, shape);
  const index = variant.prepare(cache, params, counted);
  counted.counts.reset();
  const result = variant.attend({ queries, cache, index, ops: counted }, params);
  const outputs = result.heads.map((head) => Float64Array.from(flat(head.output)));
  clearWorlds(counted);
  return { outputs, read: [counted.counts.kv, counted.counts.index] };
}

const usable = (await listEngines()).filter(({ name, usable }) => usable && name !== "reference");
const engines = await Promise.all(usable.map(({ name }) => loadEngine(name)));
const reference = await loadEngine("reference");

const rows = [...variants].map((variant) => {
  const expected = attend(variant, reference);
  const cost = variant.cost(
    { ...shape, queryHeads: shape.kvHeads },
    resolveParams(variant.name, variant.params),
  );
  const errors = engines.map((ops) => {
    const { outputs } = attend(variant, ops);
    const worst = outputs.map((output, h) => {
      const truth = expected.outputs[h]!;
      const largest = Math.max(...Array.from(truth, Math.abs));
      return Math.max(...Array.from(output, (x, i) => Math.abs(x - truth[i]!) / largest));
    });
    return Math.max(...worst).toExponential(1);
  });
  const exact = expected.read[0] === cost.kvReadBytes && expected.read[1] === cost.indexReadBytes;
  return [variant.name, ...errors, expected.read[0]!, expected.read[1]!, exact ? "exactly" : "NO"];
});
console.log(
  formatTable(
    ["variant", ...usable.map(({ name }) => `${name} error`), "KV bytes", "index bytes", "as its cost says"],
    rows,
  ),
);
for (const ops of engines) ops.close();
process.exitCode = rows.every((row) => row.at(-1) === "exactly") ? 0 : 1;
