import { expect, it } from "vitest";
import { Profile, unmeasured } from "../../src/core/profile.ts";

/** A clock that stands still unless it is told to go on. */
function handClock(): { clock: () => number; pass: (seconds: number) => void } {
  let now = 100;
  return { clock: () => now, pass: (seconds) => void (now += seconds) };
}

it("books a part's time without that of the parts within it, by owner", () => {
  const { clock, pass } = handClock();
  const profile = new Profile(clock);
  const [shared, dsa] = [profile.for(""), profile.for("dsa")];
  pass(1);
  const result = shared("generate", () => {
    pass(2);
    for (let i = 0; i < 3; i++) shared("tokenise", () => pass(4));
    return "problem";
  });
  dsa("prepare", () => pass(16));
  pass(32);
  expect(result).toBe("problem");
  expect(profile.times()).toEqual([
    { owner: "", part: "tokenise", calls: 3, seconds: 12 },
    { owner: "", part: "generate", calls: 1, seconds: 2 },
    { owner: "dsa", part: "prepare", calls: 1, seconds: 16 },
    { owner: "", part: "other", calls: 1, seconds: 33 },
  ]);
});

it("adds up when work throws", () => {
  const { clock, pass } = handClock();
  const profile = new Profile(clock);
  const measure = profile.for("");
  const failing = (): void =>
    measure("attend", () => {
      pass(1);
      measure("decode", () => {
        pass(2);
        throw new Error("no such luck");
      });
    });
  expect(failing).toThrow("no such luck");
  pass(4);
  const times = profile.times();
  expect(times.map(({ part, seconds }) => [part, seconds])).toEqual([
    ["decode", 2],
    ["attend", 1],
    ["other", 4],
  ]);
});

it("leaves work as it is where nobody measures", () => {
  expect(unmeasured("score", () => 7)).toBe(7);
});
