import { ImpossibleError } from "../../core/errors.ts";
import { choice } from "../../core/params.ts";
import { parseMessages, readConversation } from "./conversation.ts";
import { drawConversation } from "./generate.ts";
import { keyings, mrcrProblem } from "./problem.ts";
import { stringColumn, withAnswer } from "../parts/dataset-row.ts";
import { defineTask } from "../task.ts";
import { countTokens } from "../parts/tokenizer.ts";

/** Means over eight generated conversations of 64K tokens, and probabilities. */
const conversationOutline = {
  head: 2046,
  exchangeTokens: 319,
  requestTokens: 6.7,
  responseTokens: 312,
  // a distractor shares the needles' format on purpose (.1) or by chance among ten, their topic on purpose alone
  halfMatches: 0.1 + 0.8 * 0.1 + 0.1,
  // over the replies to 80 identical requests of ten generated conversations; of eight tokens .6 are blank
  alikeOpenings: [1, 0.711, 0.611, 0.171, 0.146, 0.043, 0.021],
  // of 506 wrong answers of results/length-sweep
  wrongScore: 0.039,
} as const;

/**
 * Multi-round co-reference resolution in the format of openai/mrcr (files of 2025-12-05). In a long conversation the
 * same text is asked for several times, and the i-th of the replies is to be repeated.
 *
 * A grammar writes the replies; those of the public files are a model's. The nominal length is the upper edge of a bin of
 * the dataset: prompt and answer have more than half as many tokens, and at most as many.
 */
export const mrcr = defineTask({
  name: "mrcr",
  summary: "the i-th of several identical requests in a long conversation (multi-round co-reference)",
  sources: [
    { title: "OpenAI MRCR", url: "https://huggingface.co/datasets/openai/mrcr" },
    {
      title: "Michelangelo: Long Context Evaluations Beyond Haystacks via Latent Structure Queries",
      url: "https://arxiv.org/abs/2409.12640",
    },
  ],
  params: {
    needles: choice("identical requests in the conversation", ["2", "4", "8"], { default: "8" }),
    keys: choice(
      "what requests are known by: format and topic apart (one in common matches by half), or as a whole",
      keyings,
      { default: "parts" },
    ),
  },
  lengths: [8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576],
  binned: true,
  published: ({ needles, keys }) => (needles === "8" && keys === "parts" ? "mrcr-v2-8needle" : undefined),
  generate: (tokens, { needles, keys }, random, count = countTokens) =>
    mrcrProblem(drawConversation(tokens, Number(needles), random, count), keys, count),
  outline(tokens, { needles, keys }, random) {
    const { head, exchangeTokens } = conversationOutline;
    const least = head + Number(needles) * exchangeTokens;
    if (least > tokens)
      throw new ImpossibleError(`mrcr: tokens must be >= ${least} for ${needles} needles; got ${tokens}`);
    // a length is drawn uniformly from the upper half of the bin, and whole exchanges fill it
    const drawn = Math.round((tokens * (1 + random.fork("length").uniform())) / 2);
    const total = Math.max(least, Math.round(drawn - exchangeTokens / 2));
    return {
      ...conversationOutline,
      kind: "count-retrieve",
      tokens: total,
      needles: Number(needles),
      requests: Math.max(Number(needles), Math.round((total - head) / exchangeTokens)),
      halfMatches: keys === "parts" ? conversationOutline.halfMatches : 0,
    };
  },
  load(row, { keys }) {
    if (row["answer"] !== undefined) stringColumn("mrcr", row, "answer");
    const conversation = readConversation(parseMessages(stringColumn("mrcr", row, "prompt")));
    return mrcrProblem(conversation, keys, countTokens, withAnswer(row));
  },
});
