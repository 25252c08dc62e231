/**
 * Do full numerics read as the prototypes of the model did?
 *
 * The prototypes drew keys without a text: graphs at sharpness 1.2, and conversations at 1.25 in which a request
 * matches an identical one or none. Here every part is real: text, tokens, codes, selection. docs/model.md, section 5,
 * has both side by side.
 * Without --full: one graph of 32K tokens and four conversations.
 */
import { experiment, trials } from "../src/experiments.ts";

const selections = ["dense", "oracle(k=2048)", "dsa(k=2048)"];
const blocks = ["moba(block=64,k=32)", "quest(page=16,budget=2048)"];

const graphs = [
  { tokens: "128K", depth: 3, problems: 20 },
  { tokens: "256K", depth: 4, problems: 20 },
  { tokens: "1M", depth: 4, problems: 10 },
];

const conversations = {
  "8K": 20,
  "16K": 20,
  "32K": 20,
  "64K": 20,
  "128K": 20,
  "256K": 20,
  "512K": 10,
  "1M": 10,
};

await experiment({
  name: "prototypes",
  question: "Do full numerics read as the prototypes of the model did?",
  answer: trials({
    *make({ full, trial }) {
      for (const { tokens, depth, problems } of full ? graphs : [{ tokens: "32K", depth: 3, problems: 1 }])
        for (let n = 0; n < problems; n++)
          for (const variant of [...selections, ...blocks])
            yield trial({
              task: `graphwalks(depth=${depth})`,
              variant,
              tokens,
              trial: n,
              reader: { sharpness: 1.2 },
            });
      for (const [tokens, problems] of Object.entries(full ? conversations : { "16K": 2, "64K": 2 }))
        for (let n = 0; n < problems; n++)
          for (const variant of selections)
            yield trial({ task: "mrcr(keys=whole)", variant, tokens, trial: n });
    },
  }),
});
