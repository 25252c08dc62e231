import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/program.ts";

const small = ["--system", "gb200-nvl72", "--context", "32K", "--tokens", "4K,16K", "--trials", "2"];

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = (["log", "error"] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  );
  try {
    const code = await main(["card", ...args]);
    return { code, out: out!.mock.calls.flat().join("\n"), err: err!.mock.calls.flat().join("\n") };
  } finally {
    vi.restoreAllMocks();
  }
}

describe("attnsim card", () => {
  it("prints models side by side: layers, cache, what engines set aside, racks and scores", async () => {
    const { code, out } = await run("gpt-oss-20b", "deepseek-v4-flash", ...small);
    expect(code).toBe(0);
    expect(out).toMatch(/^model +gpt-oss-20b +deepseek-v4-flash/);
    expect(out).toContain("12 x (window 128, full)");
    expect(out).toMatch(/vllm +102 MB \+ 12\.3 kB a token \(\d+ MB at 32K\) +3\.53 GB \+ 4\.11 kB a token/);
    expect(out).toMatch(/32K: TTFT +.* \(attention .*, feed-forward .*\)/);
    expect(out).toMatch(/finds: graphwalks/);
    expect(out).toMatch(
      /trtllm +0 B \+ 24\.6 kB a token \(805 MB at 32K\) +15 MB \+ 3\.46 kB a token \(128 MB at 32K\)/,
    );
  });

  it("writes Markdown and a page, and JSON with numbers alone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "attnsim-card-"));
    const [md, html, json] = ["card.md", "card.html", "card.json"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const [file, form] of [
      [md, "md"],
      [html, "html"],
      [json, "json"],
    ] as const)
      expect((await run("qwen3-8b", ...small, "--format", form, "--out", file)).err).toBe(file);
    expect(readFileSync(md, "utf8")).toMatch(/^# qwen3-8b\n\n\| model \| qwen3-8b \|\n\| --- \| --- \|/);
    expect(readFileSync(html, "utf8")).toMatch(
      /^<!doctype html>[^]*<h1>qwen3-8b<\/h1>[^]*<td>36 x full<\/td>/,
    );
    const [card] = JSON.parse(readFileSync(json, "utf8")) as [Record<string, unknown>];
    expect(card).toMatchObject({ model: "qwen3-8b", cache: { tokenBytes: 73_728 }, reservedTokens: 32_768 });
  });

  it("refuses --as without a file that it could change", async () => {
    const { code, err } = await run("qwen3-8b", ...small, "--as", "llama");
    expect(code).toBe(2);
    expect(err).toMatch(/--as llama has no effect: .* none of qwen3-8b is one .*allowed: config\.json/);
  });

  it("says which lengths a model was not made for, and that kernels of two racks are not the same ones", async () => {
    const racks = ["--system", "gb200-nvl72", "--system", "gb300-nvl72"];
    const lengths = ["--context", "32K,256K", "--tokens", "512K", "--trials", "1"];
    const { out } = await run("qwen3-30b", ...racks, ...lengths);
    expect(out).toMatch(
      /qwen3-30b was made for \d+ tokens: users and times at 256K left out; --beyond insists/,
    );
    expect(out).toMatch(/qwen3-30b was made for \d+ tokens: scores at 512K are the mechanism's/);
    expect(out).toContain("experts in nvfp4 on gb200-nvl72 and gb300-nvl72: measured with");
  });

  it("refuses an unknown model and says what is known", async () => {
    const { code, err } = await run("qwen3-9b", ...small);
    expect(code).toBe(2);
    expect(err).toMatch(/unknown model "qwen3-9b"; known: .*did you mean qwen3-8b/);
  });
});

describe("a config.json of an unknown family", () => {
  const file = join(mkdtempSync(join(tmpdir(), "attnsim-card-")), "new.json");
  writeFileSync(
    file,
    JSON.stringify({
      model_type: "brandnew",
      num_hidden_layers: 2,
      hidden_size: 256,
      vocab_size: 1000,
      num_attention_heads: 4,
      intermediate_size: 512,
      max_position_embeddings: 65_536,
      "new_gate<b>": "x",
    }),
  );

  it("is refused, and read as a known one with --as: keys that were not understood are said, escaped on a page", async () => {
    const refused = await run(file, ...small);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("unknown model_type of");
    const { code, out } = await run(file, ...small, "--as", "llama", "--format", "html");
    expect(code).toBe(0);
    expect(out).toContain("keys of new that were not understood: new_gate&lt;b&gt;");
    expect(out).not.toContain("<b>");
  });
});
