import { expect, it } from "vitest";
import { formatSeconds } from "../../src/core/units.ts";
import { attnsimJson } from "../cli/attnsim.ts";
import { commandOf, expectSound, settled } from "./browser.ts";
import type { OpenPage } from "./browser.ts";

interface DecodeJson {
  readonly rows: readonly { readonly system: string; readonly tpotSeconds: number | null }[];
}

/** Tests of the view of hardware. */
export function hardwareTests(open: OpenPage): void {
  it("gives the times of the command line that it shows, also with slower links", async () => {
    const opened = await open("#hardware?context=128K&gpu.nvlink=100");
    const { page } = opened;
    const tpot = (system: string): Promise<string | null> =>
      page
        .getByRole("region", { name: system })
        .locator("dl div", { has: page.getByText("TPOT", { exact: true }) })
        .locator("dd")
        .textContent();
    await settled(page);
    const whole = await tpot("gb200-nvl72");
    await page.getByLabel("NVLink bandwidth, as a number").fill("50");
    await expect.poll(() => tpot("gb200-nvl72")).not.toBe(whole);
    await settled(page);
    const words = await commandOf(page);
    expect(words.join(" ")).toContain("gpu.nvlink=50%");
    const { rows } = await attnsimJson<DecodeJson>(...words);
    for (const { system, tpotSeconds } of rows) expect(await tpot(system)).toBe(formatSeconds(tpotSeconds!));
    expect(rows.length).toBe(2);
    await expectSound(opened);
  });

  it("says what is short, and what is wrong", async () => {
    const opened = await open("#hardware?model=llama-3.1-405b&context=1M&users=64", {
      viewport: { width: 390, height: 844 },
      colorScheme: "dark",
    });
    const { page } = opened;
    await page
      .getByText(/^short of/)
      .first()
      .waitFor();
    await settled(page);
    await expectSound(opened);
    await page.getByLabel("attention", { exact: true }).fill("dsaa");
    await page.getByText('unknown attention variant "dsaa"').waitFor();
    await page.getByLabel("attention", { exact: true }).fill("");
    await page.getByLabel("division among GPUs").fill("tp=7");
    await page.getByText("tp must divide the heads").first().waitFor();
  });

  it("says beside a field what is wrong with an edited address, and takes the default", async () => {
    const { page, faults } = await open(
      "#hardware?users=abc&gpu.nvlink=-5&placement=moon&context=32K&beside=none",
    );
    await page.getByText('must be an integer >= 1; got "abc"').waitFor();
    await page.getByText('must be a number >= 1 and <= 1000000; got "-5"').waitFor();
    await page.getByText('no such choice: "moon"').waitFor();
    expect(await page.getByLabel("users (batch), as a number").inputValue()).toBe("64");
    expect(faults).toEqual([]);
  });

  it("keeps K and V in Grace's memory, where a system has it", async () => {
    const opened = await open("#hardware?context=128K&placement=grace&beside=h200");
    const { page } = opened;
    await settled(page);
    const grace = page.getByRole("region", { name: "gb200-nvl72" });
    expect(await grace.textContent()).toContain("memory of the Grace processors");
    expect(await page.getByRole("region", { name: "h200" }).textContent()).toContain("h200 has no host");
    expect((await commandOf(page)).join(" ")).toContain("--variant dense+grace");
    await expectSound(opened);
    await page.getByLabel("K and V in", { exact: true }).selectOption("hbm");
    await grace.getByText("memory of the Grace processors").waitFor({ state: "detached" });
  });

  it("takes a config.json of one's own", async () => {
    const { page, faults } = await open("#hardware?context=32K&beside=none");
    await settled(page);
    const before = await page.getByRole("region", { name: "gb200-nvl72" }).textContent();
    const config = {
      architectures: ["LlamaForCausalLM"],
      model_type: "llama",
      hidden_size: 4096,
      intermediate_size: 14336,
      num_attention_heads: 32,
      num_hidden_layers: 32,
      num_key_value_heads: 8,
      vocab_size: 128256,
      max_position_embeddings: 131072,
      tie_word_embeddings: false,
      torch_dtype: "bfloat16",
    };
    await page.getByLabel("a config.json of your own").setInputFiles({
      name: "mine.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(config)),
    });
    await page.getByText("mine.json stands for the model").waitFor();
    await expect.poll(() => page.getByRole("region", { name: "gb200-nvl72" }).textContent()).not.toBe(before);
    expect(faults).toEqual([]);
  });
}
