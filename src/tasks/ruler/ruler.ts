import { choice } from "../../core/params.ts";
import { stringColumn, stringsColumn } from "../parts/dataset-row.ts";
import { joinAnswers, rulerProblem } from "./ruler-task.ts";
import type { RulerTask } from "./ruler-task.ts";
import { commonWordsExtraction } from "./common-words.ts";
import { frequentWords } from "./frequent-words.ts";
import { niah } from "./niah.ts";
import { variableTracking } from "./variable-tracking.ts";
import { defineTask } from "../task.ts";
import { countTokens } from "../parts/tokenizer.ts";

const essay = { haystack: "essay", keyKind: "words", valueKind: "numbers" } as const;

/** The tasks of scripts/synthetic.yaml, by their names there. */
const rulerTasks = {
  niah_single_1: niah({ haystack: "noise", keyKind: "words", valueKind: "numbers" }),
  niah_single_2: niah(essay),
  niah_single_3: niah({ ...essay, valueKind: "uuids" }),
  niah_multikey_1: niah({ ...essay, keys: 4 }),
  niah_multikey_2: niah({ haystack: "needle", keyKind: "words", valueKind: "numbers" }),
  niah_multikey_3: niah({ haystack: "needle", keyKind: "uuids", valueKind: "uuids" }),
  niah_multivalue: niah({ ...essay, values: 4 }),
  niah_multiquery: niah({ ...essay, queries: 4 }),
  vt: variableTracking(4),
  cwe: commonWordsExtraction,
  fwe: frequentWords,
} as const satisfies Record<string, RulerTask>;

type RulerTaskName = keyof typeof rulerTasks;

/**
 * RULER's synthetic tasks in the format of NVIDIA/RULER, its questions on SQuAD and HotpotQA left out. Prompt and answer
 * fit the nominal length, counted in o200k_base.
 *
 * Haystacks of essays come from a grammar, in place of Paul Graham's; words come from the tokeniser's vocabulary, in
 * place of the package wonderwords. `load` reads RULER's own rows, with its essays and words.
 */
export const ruler = defineTask({
  name: "ruler",
  summary: "RULER's synthetic tasks: needles in a haystack, variable tracking, common and frequent words",
  sources: [
    {
      title: "RULER: What's the Real Context Size of Your Long-Context Language Models?",
      url: "https://arxiv.org/abs/2404.06654",
    },
    {
      title: "NVIDIA/RULER",
      url: "https://github.com/NVIDIA/RULER",
      where: "scripts/synthetic.yaml, scripts/data/synthetic/, scripts/eval/synthetic/constants.py",
    },
  ],
  params: {
    task: choice("which of RULER's tasks", Object.keys(rulerTasks) as RulerTaskName[], {
      default: "niah_single_1",
    }),
  },
  lengths: [4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576],

  generate(tokens, { task }, random, count = countTokens) {
    const chosen: RulerTask = rulerTasks[task];
    return rulerProblem(chosen, chosen.write(tokens - chosen.answerTokens, random, count), count);
  },

  load(row, { task }) {
    const prompt =
      row["prompt"] === undefined
        ? stringColumn("ruler", row, "input") +
          (row["answer_prefix"] === undefined ? "" : stringColumn("ruler", row, "answer_prefix"))
        : stringColumn("ruler", row, "prompt");
    const stated =
      row["outputs"] === undefined ? undefined : joinAnswers(stringsColumn("ruler", row, "outputs"));
    return rulerProblem(rulerTasks[task], prompt, countTokens, { row, stated });
  },
});
