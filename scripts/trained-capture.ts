/**
 * Trains the small transformer whose capture test/studies/capture/trained.test.ts measures, and writes the capture: queries,
 * keys and values on a sequence four times as long as those of its training. About half a minute of processor time.
 *
 * npx tsx scripts/trained-capture.ts FOLDER
 *
 * FOLDER gets the checkpoint; a second run with it trains no more.
 */
import { writeFileSync } from "node:fs";
import { Random } from "../src/core/random.ts";
import { loadAutograd } from "../src/learned/autograd.ts";
import { captureBytes, captureOf } from "../src/learned/capture.ts";
import { trainReader } from "../src/learned/run.ts";
import { labelledBatch } from "../src/learned/tasks/all.ts";
import type { MqarSizes } from "../src/learned/tasks/mqar.ts";
import type { TrainSettings } from "../src/learned/train.ts";

const task: MqarSizes = {
  name: "mqar",
  vocabulary: 260,
  tokens: 64,
  pairs: 16,
  power: 0.01,
  randomFillers: false,
  layout: "listed",
};

const settings: TrainSettings = {
  shape: {
    vocabulary: 260,
    positions: 0,
    mixers: ["dense"],
    width: 64,
    heads: 2,
    window: 16,
    convolution: 3,
    expansion: 0,
  },
  task,
  batch: 32,
  steps: 700,
  rate: 0.005,
  warmup: 25,
  every: 50,
  evaluated: 64,
  enough: 0.98,
  seed: 0,
};

const folder = process.argv[2];
if (folder === undefined) throw new Error("name a folder for the checkpoint");
const { state } = await trainReader({ settings, folder, backend: "wasm" });
const batch = labelledBatch({ ...task, tokens: 256, pairs: 64 }, 1, new Random("trained capture"));
const capture = captureOf(
  await loadAutograd("wasm"),
  { shape: settings.shape, weights: state.weights },
  batch,
);
const path = new URL("../test/studies/capture/data/trained.safetensors", import.meta.url);
writeFileSync(path, captureBytes(capture));
console.log(`accuracy ${state.curve.at(-1)!.accuracy} after ${state.step} steps`);
