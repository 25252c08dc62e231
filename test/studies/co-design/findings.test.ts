import { describe, expect, it } from "vitest";
import { catalog } from "../../../src/catalog.ts";
import { byteFindings, pieceFindings, rackFindings } from "../../../src/studies/co-design/findings.ts";

const systems = ["gb200-nvl72", "gb300-nvl72"].map((name) => catalog.systems.get(name));
const question = {
  model: catalog.models.get("deepseek-v3"),
  systems,
  users: 64,
  tokens: 2 ** 20,
  variants: [],
  read: 4096,
  blocks: [],
  onRacks: [],
  problems: 1,
};

const scores = { searchLow: 0, searchHigh: 1, trials: 60, requests: 0 };

describe("findings about bytes", () => {
  const row = (variant: string, search: number, hbmBytes: number, gatheredBytes = 1) => ({
    ...scores,
    variant,
    search,
    hbmBytes,
    searchPerGigabyte: 0,
    gatheredBytes,
    exchangedBytes: 146e6,
    keptBytes: 0,
  });

  it("name the variant that finds most and reads least, if there is one", () => {
    const rows = [
      row("dense", 0.32, 36.8e9),
      row("dsa(k=2048)", 0.87, 8.5e9, 71e6),
      row("moba", 0.78, 0.65e9),
    ];
    expect(byteFindings(rows)[0]).toContain("score at least .75 on the search, moba reads least, 650 MB");
    const none = rows.map((each) => ({ ...each, search: 0.74 }));
    expect(byteFindings(none)[0]).toContain("no variant scores .75 on the search");
  });

  it("say whether gathering sends less than exchanging", () => {
    const at = (gathered: number) =>
      byteFindings([row("dense", 0.3, 1), row("dsa(k=2048)", 0.8, 1, gathered)])[1];
    expect(at(71e6)).toContain("71 MB a user and step, less than exchanging");
    expect(at(71e6)).toContain("up to 4211 tokens");
    expect(at(140e6)).toContain("about what exchanging");
    expect(at(200e6)).toContain("more than exchanging");
  });
});

describe("findings about pieces", () => {
  const row = (block: number, search: number, [index, kv] = [98, 2], fetchedNarrow = 1.09) => ({
    ...scores,
    variant: `block ${block}`,
    block,
    search,
    searchHigh: search + 0.05,
    pieceBytes: 576 * block,
    fetched: 1,
    fetchedNarrow,
    indexReadBytes: index / block,
    kvReadBytes: kv,
  });

  it("say from the index's share whether k matters", () => {
    expect(pieceFindings(question, [row(1, 0.9), row(256, 0.77), row(1024, 0)])[0]).toBe(
      "Index: 98% of the bytes that dsa(k=4096) reads are its index, a record for every token, so k hardly matters to HBM. A mean for every 256 tokens is 256 times smaller.",
    );
    expect(pieceFindings(question, [row(1, 0.9, [20, 80])])[0]).toContain("20% of the bytes");
    expect(pieceFindings(question, [row(1, 0.9, [20, 80])])[0]).toContain("so k matters to HBM");
  });

  it("say from what is fetched in vain whether memory asks for pieces, and where blocks stop finding", () => {
    expect(pieceFindings(question, [row(1, 0.9), row(256, 0.77), row(1024, 0)])[1]).toBe(
      "Pieces: choosing single tokens, each a row of 576 B, fetches 0% in vain in fp8 and 9% in nvfp4: memory does not ask for larger pieces. Blocks of 256 tokens still find (.77), of 1024 no more (.00).",
    );
    const wasteful = pieceFindings(question, [row(1, 0.9, [98, 2], 1.5), row(256, 0.2)])[1];
    expect(wasteful).toContain("memory asks for larger pieces. No larger block finds most of the nodes.");
    // .73 with an interval to .78 may still find
    const unclear = pieceFindings(question, [row(1, 0.9), row(16, 0.77), row(64, 0.73), row(256, 0.1)])[1];
    expect(unclear).toContain("Blocks of 16 tokens still find (.77), of 256 no more (.10).");
    expect(pieceFindings(question, [row(1, 0.9), row(256, 0.8)])[1]).toMatch(/still find \(\.80\)\.$/);
  });
});

describe("findings about racks", () => {
  const row = (system: string, variant: string, stepMs: number, usersPerRack: number, idealMs = 0.09) => ({
    system,
    variant,
    usersPerRack,
    stepSeconds: stepMs / 1000,
    idealSeconds: 0,
    attentionSeconds: 0,
    feedForwardSeconds: 0,
    linkSeconds: 0.00712,
    idealLinkSeconds: idealMs / 1000,
    hbmSeconds: 1,
    exponentialSeconds: 0.27,
  });
  const rows = (idealMs: number) => [
    row("gb200-nvl72", "dense", 22.3, 347),
    row("gb200-nvl72", "dsa", 21.9, 282, idealMs),
    row("gb200-nvl72", "moba", 17.7, 347),
    row("gb300-nvl72", "dense", 22.4, 486),
    row("gb300-nvl72", "dsa", 21.9, 396),
    row("gb300-nvl72", "moba", 17.2, 486),
  ];
  const [selection, links, newer] = rackFindings(question, rows(0.09)) as [string, string, string];

  it("do not call a step shorter that is alike, nor users kept that are fewer", () => {
    expect(selection).toBe(
      "Selection on gb200-nvl72, 64 users: dsa takes steps as long (21.9 ms, dense 22.3 ms) and lets fewer users fit (282, dense 347); moba takes shorter steps (17.7 ms, dense 22.3 ms) and lets as many users fit (347, dense 347).",
    );
    expect(newer).toContain(
      "dense has more users (486, 347) and steps as long (22.4 ms, 22.3 ms); dsa has more users (396, 282) and steps as long",
    );
  });

  it("blame latency for exchanges only where bytes take less than half", () => {
    expect(links).toContain("90 us, 1% of that. The rest is latency");
    expect(rackFindings(question, rows(3.5))[1]).toContain("The rest is latency");
    expect(rackFindings(question, rows(3.6))[1]).toContain("Smaller exchanges would help more");
  });
});
