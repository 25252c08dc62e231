import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/core/errors.ts";
import { readTrace } from "../../src/files/trace.ts";

const folder = mkdtempSync(join(tmpdir(), "attnsim-traces-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("a trace", () => {
  it("of Azure counts from its first request, to 100 ns, and leaves rows without tokens out", () => {
    const path = file(
      "azure.csv",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
        "2023-11-16 18:15:46.6805900,374,44\n" +
        "2023-11-16 18:15:50.9951690,396,109\n" +
        "2023-11-16 18:17:00.0000000,0,7\n",
    );
    const { format, requests, leftOut } = readTrace(path);
    expect([format, leftOut]).toEqual(["Azure", 1]);
    expect(requests.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [374, 44],
      [396, 109],
    ]);
    expect(requests[0]!.arrivalSeconds).toBe(0);
    // seconds since 1970 have this much room for fractions
    expect(requests[1]!.arrivalSeconds).toBeCloseTo(4.314579, 6);
  });

  it("of Azure may name its offset from UTC, as that of 2024 does", () => {
    const path = file(
      "azure-2024.csv",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
        "2024-05-12 00:00:00.003163+00:00,2162,5\n" +
        "2024-05-12 02:00:01.003163+02:00,2399,6\n",
    );
    expect(readTrace(path).requests[1]!.arrivalSeconds).toBeCloseTo(1, 6);
  });

  it("of BurstGPT leaves failed requests out", () => {
    const path = file(
      "burst.csv",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
        "5,ChatGPT,472,18,490,Conversation log\n" +
        "45,ChatGPT,1087,230,1317,Conversation log\n" +
        "118,GPT-4,417,276,693,Conversation log\n" +
        "120,GPT-4,300,0,300,API log\n",
    );
    expect(readTrace(path)).toEqual({
      format: "BurstGPT",
      leftOut: 1,
      requests: [
        { arrivalSeconds: 0, inputTokens: 472, outputTokens: 18 },
        { arrivalSeconds: 40, inputTokens: 1087, outputTokens: 230 },
        { arrivalSeconds: 113, inputTokens: 417, outputTokens: 276 },
      ],
    });
  });

  it("of Mooncake names blocks of 512 tokens", () => {
    const path = file(
      "mooncake.jsonl",
      lines([
        { timestamp: 27482, input_length: 6955, output_length: 52, hash_ids: [46, 47, 48] },
        { timestamp: 30535, input_length: 6472, output_length: 26, hash_ids: [46, 47, 2353] },
      ]),
    );
    const { format, requests } = readTrace(path);
    expect(format).toBe("Mooncake");
    expect(requests[1]).toEqual({
      arrivalSeconds: 30.535 - 27.482,
      inputTokens: 6472,
      outputTokens: 26,
      blocks: { tokens: 512, ids: [46, 47, 2353] },
    });
  });

  it("of Weka has sessions, whose nested calls come in the order of time", () => {
    const call = (t: number, hash_ids: number[], more: object = {}): object => ({
      t,
      type: "n",
      model: "m",
      in: 64 * hash_ids.length,
      out: 10,
      hash_ids,
      ...more,
    });
    const session = (requests: object[]): object => ({
      id: "a",
      models: ["m"],
      block_size: 64,
      hash_id_scope: "local",
      requests,
    });
    const path = file(
      "weka.jsonl",
      lines([
        session([
          call(0, [1, 2]),
          { t: 1, type: "subagent", agent_id: "x", status: "completed", requests: [call(1.5, [8])] },
          call(3, [1, 2, 3], { type: "s", think_time: 0.5 }),
          call(4, [], { in: 0 }),
        ]),
        session([call(0, [1])]),
      ]),
    );
    const { format, requests, leftOut } = readTrace(path);
    expect([format, leftOut]).toEqual(["Weka", 0]);
    expect(requests.map(({ arrivalSeconds, session: of }) => [arrivalSeconds, of])).toEqual([
      [0, 0],
      [0, 1],
      [1.5, 0],
      [3, 0],
    ]);
    expect(requests[3]).toMatchObject({
      thinkSeconds: 0.5,
      blocks: { tokens: 64, ids: [1, 2, 3], scope: 0 },
    });
    // numbers count within a session
    expect(requests[1]!.blocks).toEqual({ tokens: 64, ids: [1], scope: 1 });
  });

  it.each([
    ["a.csv", "when,tokens\n0,5\n", /a\.csv has the columns when, tokens; a trace is CSV with/],
    [
      "b.csv",
      "TIMESTAMP,ContextTokens,GeneratedTokens\nnoon,5,5\n",
      /b\.csv: row 1 is no request: .* TIMESTAMP "noon"/,
    ],
    [
      "c.jsonl",
      '{"id":"a","block_size":64,"requests":[{"t":0,"type":"q"}]}',
      /type must be n, s or subagent; got "q"/,
    ],
    [
      "d.jsonl",
      '{"timestamp":0,"input_length":9,"output_length":1,"hash_ids":["x"]}',
      /hash_ids must be a list of integers/,
    ],
  ])("that is none is refused: %s", (name, text, message) => {
    expect(() => readTrace(file(name, text))).toThrow(UsageError);
    expect(() => readTrace(file(name, text))).toThrow(message);
  });
});
