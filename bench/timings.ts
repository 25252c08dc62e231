import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { emptyPacked, packedDtypes, packedRowBytes } from "../src/core/packed.ts";
import { Profile } from "../src/core/profile.ts";
import { median } from "../src/core/stats.ts";
import { zeros } from "../src/core/tensor.ts";
import type { Rows } from "../src/core/tensor.ts";
import type { Ops, Space, Table } from "../src/engines/ops.ts";
import { timeCalls } from "../src/engines/bench/timing.ts";
import { reusedSpaces } from "../src/engines/reused-spaces.ts";
import { makeTrial } from "../src/trial/make-trial.ts";
import { meanFieldRow } from "../src/trial/mean-field.ts";
import { runTrials } from "../src/trial/run.ts";

/** Seconds of each part of one run. Ratios are to the first. */
type PartSeconds = Readonly<Record<string, number>>;

/** An engine's regions, which rounds use again. */
const regions = new WeakMap<Ops, Ops["space"]>();

function spaceOf(ops: Ops, label: string): Space {
  const reused = regions.get(ops) ?? reusedSpaces(ops);
  regions.set(ops, reused);
  return reused(label);
}

/** Address of a file of the built program, which `npm run build` writes. */
const built = (file: string): URL => new URL(`../dist/src/${file}`, import.meta.url);

/** Seconds of a process of Node. */
const started = (...args: readonly string[]): number =>
  timed(() => {
    const { status } = spawnSync(process.execPath, args, { stdio: "ignore" });
    if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}`);
  });

const now = (): number => performance.now() / 1000;

function timed(work: () => void): number {
  const start = now();
  work();
  return now() - start;
}

/** Work that is timed. @param shrink divisor of the tokens */
export const timings: Readonly<Record<string, (ops: Ops, shrink: number) => PartSeconds>> = {
  trial(ops, shrink) {
    const task = "graphwalks(operation=bfs)";
    const variants = ["dense", "dsa", "moba", "snapkv"];
    const trials = variants.map((variant) => makeTrial({ task, variant, tokens: 1_024_000 / shrink }));
    const profile = new Profile(now);
    const all = timed(() => runTrials(trials, { ops, profile, onRow: () => undefined }));
    const secondsOf = (owner: string, part: string): number =>
      profile.times().find((time) => time.owner === owner && time.part === part)!.seconds;
    const indexes = variants
      .filter((variant) => variant !== "dense")
      .map((variant) => [`${variant} index`, secondsOf(variant, "prepare")] as const);
    return { all, build: secondsOf("", "embed"), ...Object.fromEntries(indexes) };
  },
  packed(ops, shrink) {
    const [tokens, width] = [2 ** 20 / shrink, 128];
    const space = spaceOf(ops, "packed");
    const [query, keys, values] = [zeros(1, width), space.empty(tokens, width), space.empty(tokens, width)];
    for (const [stream, tensor] of [query, keys, values].entries()) ops.fillNormal(tensor, [stream, 0]);
    const read = (rows: readonly Rows[], rowBytes: number): number => {
      const [k, v] = rows.map((tensor): Table => ({ tensor, kind: "kv", rowBytes }));
      const options = { visible: Int32Array.of(tokens), scale: width ** -0.5 };
      const times = timeCalls(() => ops.attend(query, k!, v!, options), { seconds: 0.1, warmUp: true });
      return median(times) / 1000;
    };
    const packed = packedDtypes.map((dtype) => {
      const rows = [keys, values].map((tensor) => {
        const into = emptyPacked(space, dtype, tokens, width);
        ops.pack(tensor, into);
        return into;
      });
      return [dtype, read(rows, packedRowBytes[dtype](width))] as const;
    });
    return { f32: read([keys, values], 4 * width), ...Object.fromEntries(packed) };
  },
  start: () => ({
    node: started("-e", "0"),
    library: started("--input-type=module", "-e", `await import(${JSON.stringify(built("index.js"))})`),
    help: started(fileURLToPath(built("cli/main.js")), "--help"),
    list: started(fileURLToPath(built("cli/main.js")), "list"),
  }),
  walk(ops, shrink) {
    const [tokens, width, queries] = [2 ** 19 / shrink, 128, 64];
    const space = spaceOf(ops, "walk");
    const table = (stream: number): Table => {
      const tensor = space.empty(tokens, width);
      ops.fillNormal(tensor, [stream, 0]);
      return { tensor, kind: "kv", rowBytes: 4 * width };
    };
    const [keys, values, asked] = [table(1), table(2), zeros(queries, width)];
    ops.fillNormal(asked, [3, 0]);
    const decay = Float64Array.from({ length: width }, (_, c) => 2 ** (-1 / (256 * 4096 ** (c / width))));
    return {
      all: timed(() =>
        ops.readState(asked, keys, values, {
          first: new Int32Array(queries),
          visible: Int32Array.from({ length: queries }, (_, i) => Math.floor((tokens * (i + 1)) / queries)),
          feature: "unit",
          recurrence: { decay, strength: 1, replaces: true },
        }),
      ),
    };
  },
  "mean-field"(_ops, shrink) {
    const trials = ["graphwalks(operation=bfs)", "graphwalks(operation=parents)", "mrcr"].flatMap((task) =>
      ["dense", "dsa", "quest", "moba", "gated-deltanet"].flatMap((variant) =>
        [32_000, 128_000, 512_000, 1_024_000].flatMap((tokens) =>
          Array.from({ length: Math.ceil(24 / shrink) }, (_, trial) => ({ task, variant, tokens, trial })),
        ),
      ),
    );
    return {
      all: timed(() => {
        for (const trial of trials) meanFieldRow(makeTrial({ ...trial, mode: "mean-field" }));
      }),
    };
  },
};
