import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frontierFigure } from "../../src/studies/frontier/figure.ts";
import { seriesScales } from "../../src/figures/style.ts";
import { ranking } from "../../src/figures/ranking.ts";
import { parseCondition, rowsWhere } from "../../src/files/where.ts";
import { trialRow } from "../../src/trial/columns.ts";
import { emptyFolder } from "../runs/folder.ts";
import { attnsim } from "./attnsim.ts";

function csv(name: string, ...lines: string[]): string {
  const path = join(emptyFolder(), name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

const plot = async (...words: string[]) => {
  const out = emptyFolder();
  const { code, out: printed, err } = await attnsim("plot", ...words, "--out", out, "--format", "svg");
  const drawn = printed
    .trim()
    .split("\n")
    .filter((path) => path !== "");
  return {
    code,
    err,
    drawn: drawn.map((path) => path.slice(out.length + 1)),
    svg: (name: string) => readFileSync(join(out, name), "utf8"),
  };
};

describe("attnsim plot", () => {
  it.each(["nvl72-decode", "nvl72-budget", "frontier", "scaling", "offload", "co-design", "budget", "bench"])(
    "draws the committed results of %s",
    async (name) => {
      const { code, drawn, svg } = await plot(`results/${name}/data.csv`);
      expect(code).toBe(0);
      expect(svg(drawn[0]!)).toContain("<svg");
    },
  );

  it("draws a plain table of anyone, from several files", async () => {
    const one = csv("one.csv", "variant,tokens,score", "mine,4096,.5", "mine,8192,.4");
    const two = csv("two.csv", "variant,tokens,score", "yours,4096,.9", "yours,8192,.8");
    const { drawn, svg } = await plot(one, two);
    expect(drawn).toContain("accuracy.svg");
    for (const name of ["mine", "yours"]) expect(svg("accuracy.svg")).toContain(`>${name}</text>`);
  });

  it("draws the rows that --where and --variant leave", async () => {
    const rows = ["mine,4096,.5", "mine,8192,.4", "mine,131072,.1", "dsa(k=2048),4096,.9", "dsa,8192,.8"];
    const file = csv("data.csv", "variant,tokens,score", ...rows);
    const { svg } = await plot(file, "--where", "tokens<=8K", "--variant", "dsa");
    expect(svg("accuracy.svg")).not.toMatch(/128K|>mine</);
    expect(await plot(file, "--variant", "quest")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no rows of quest; there are mine, dsa") as string,
    });
  });

  it("says what a file lacks", async () => {
    const file = csv("data.csv", "variant,note", "a,b");
    const { code, err } = await plot(file);
    expect(code).toBe(2);
    expect(err).toContain("needs the columns variant, tokens and score (missing: score, tokens)");
    const trials = csv("trials.csv", "variant,tokens,score", "a,4096,1");
    for (const files of [
      [file, trials],
      [trials, file],
    ])
      expect(await plot(...files)).toMatchObject({
        code: 2,
        err: expect.stringContaining("others have variant, note") as string,
      });
    expect((await plot(trials, "--where", "model=x")).err).toContain(
      'no column "model"; there are variant, tokens, score',
    );
    expect((await plot(trials, "--where", "tokens>8K")).err).toContain(
      "no row of 1 is left by the conditions",
    );
    expect((await plot(trials, "--y", "speed")).err).toContain('has no numbers in "speed"');
    expect(existsSync("table.svg")).toBe(false);
  });
});

describe("conditions", () => {
  const rows = [
    { tokensNominal: "128000", tokens: "127420", model: "a" },
    { tokensNominal: "131072", tokens: "131000", model: "b" },
    { tokensNominal: "262144", tokens: "262000", model: "" },
  ];
  const left = (...texts: string[]) =>
    rowsWhere(rows, texts.map(parseCondition)).map((row) => row.tokensNominal);

  it("take nominal lengths by tokens, in thousands too", () => {
    expect(left("tokens<=128K")).toEqual(["128000", "131072"]);
    expect(left("tokens=128K")).toEqual(["128000", "131072"]);
    expect(left("tokens>=256K")).toEqual(["262144"]);
    expect(() => left("tokens<128K")).toThrow("no row of 3 is left");
    expect(left("tokens>130000", "model!=b")).toEqual(["262144"]);
    expect(left("model=a")).toEqual(["128000"]);
  });

  it("are refused where they are none", () => {
    expect(() => parseCondition("tokens")).toThrow(
      'a condition is COLUMN<=VALUE (or >=, <, >, =, !=); got "tokens"',
    );
    expect(() => parseCondition("model<b")).toThrow("a number is needed after <");
  });
});

describe("a series keeps its colour and mark", () => {
  const own = (name: string, ...others: string[]) => {
    const series = [...others, name];
    const { color, shape, strokeDash } = seriesScales(series);
    const at = series.indexOf(name);
    return [color.range[at], shape.range[at], strokeDash.range[at]];
  };

  it("whatever stands beside it", () => {
    for (const name of ["dense", "dsa", "quest", "dsa(k=64)", "my-own"]) {
      const alone = own(name);
      for (const beside of [["dense"], ["oracle", "snapkv", "kivi"], ["quest", "moba", "nsa", "csa"]])
        if (!beside.includes(name)) expect(own(name, ...beside), name).toEqual(alone);
    }
  });

  it("and no two have the same", () => {
    const many = Array.from({ length: 49 }, (_, i) => `variant-${i}`);
    const { color, shape } = seriesScales(many);
    expect(new Set(many.map((_, i) => `${color.range[i]} ${shape.range[i]}`)).size).toBe(49);
  });
});

it("ranks the best first", () => {
  const rows = [
    ["low", 0.1],
    ["high", 0.9],
    ["middle", 0.5],
  ] as const;
  const spec = ranking.spec(
    rows.map(([variant, score]) =>
      trialRow({ id: variant, task: "t", variant, tokensNominal: 4096, score, fits: true }),
    ),
    { title: "", published: [] },
  );
  expect(JSON.stringify(spec)).toContain('"sort":["high","middle","low"]');
});

it("draws fronts as steps: between two variants, the worse score of what is already paid for", () => {
  const point = {
    system: "s",
    model: "m",
    tokens: 1,
    score: 0.5,
    low: 0,
    high: 1,
    trials: 1,
    kind: "t" as const,
  };
  const price = { tpotSeconds: 1, usersPerRack: 2, dollarsPerMillionInput: 1, dollarsPerMillionOutput: 1 };
  const best = { bestTpot: true, bestUsers: true, bestPrice: true };
  const spec = JSON.stringify(frontierFigure([{ ...point, variant: "dense", ...price, ...best }]));
  expect(spec.match(/"interpolate":"step-after"/g)).toHaveLength(2);
  expect(spec.match(/"interpolate":"step-before"/g)).toHaveLength(1);
});
