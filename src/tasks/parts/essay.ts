import type { Random } from "../../core/random.ts";
import { Pen } from "./grammar/pen.ts";
import { topics } from "./grammar/topics.ts";

const sentencesOfEssay = 40;

/** Writes sentences of essays by the grammar of mrcr's replies. They stand in for Paul Graham's, which may not be passed on. */
export function* essaySentences(random: Random): Generator<string, never> {
  for (;;) {
    const pen = new Pen(random.pick(topics), random);
    yield pen.say("opening");
    for (let i = 0; i < sentencesOfEssay; i++) yield pen.say("body");
    yield pen.say("closing");
  }
}
