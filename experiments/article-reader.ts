/**
 * Does the article's answer hold in a reader whose keys follow the text?
 *
 * The question of experiments/explain.ts, asked of the reader that is compared with measured scores, in the mean field. Four
 * numbers of it take the best point of a grid by GPT-5.4's columns with dense attention; then single changes are measured
 * against GPT-5.5's. Without --full: two problems a column for the grid, four for the changes.
 */
import { articleReaderSteps, askArticleReader, experiment, tables } from "../src/experiments.ts";

await experiment({
  name: "article-reader",
  question: "Does the article's answer hold in a reader whose keys follow the text?",
  answer: tables({
    steps: articleReaderSteps,
    make: ({ full, onStep }) =>
      askArticleReader(
        { models: ["GPT-5.4", "GPT-5.5"], trials: full ? { fit: 20, changes: 60 } : { fit: 2, changes: 4 } },
        onStep,
      ),
  }),
});
