import { describe, expect, it } from "vitest";
import { placementFindings, tokenTimeFindings, userFindings } from "../../../src/studies/racks/findings.ts";

describe("findings about racks", () => {
  it("say users against dense attention's, one more being more", () => {
    const row = (system: string, variant: string, usersPerRack: number) => ({
      system,
      model: "m",
      variant,
      usersPerRack,
    });
    expect(
      userFindings(
        [
          row("old", "dense", 315),
          row("old", "dsa", 252),
          row("old", "moba", 315),
          row("old", "shadowkv", 468),
          row("new", "dense", 486),
          row("new", "dsa", 396),
          row("new", "moba", 486),
          row("new", "shadowkv", 468),
        ],
        "1M tokens",
      ),
    ).toEqual([
      "m, 1M tokens, users of old and new: dense 315 and 486; dsa 252 and 396 (fewer); moba 315 and 486 (as many); shadowkv 468 and 468 (more, then fewer)",
    ]);
  });

  it("say times against dense attention's, alike within 10%, and what does not fit", () => {
    const row = (model: string, variant: string, tpotMs: number | null, tokens = 2 ** 20) => ({
      system: "rack",
      model,
      variant,
      tokens,
      tpotMs,
    });
    expect(
      tokenTimeFindings([
        row("a", "dense", 1, 4096),
        row("a", "dense", 22.6),
        row("a", "dsa", 22.1),
        row("a", "quest", 19.2),
        row("a", "knn", 26.4),
        row("b", "dense", null),
        row("b", "csa", 24.7),
        row("c", "dense", null),
        row("c", "csa", null),
      ]),
    ).toEqual([
      "a on rack, 1M tokens: dense 22.6 ms, dsa 22.1 ms (as long), quest 19.2 ms (shorter), knn 26.4 ms (longer)",
      "b on rack, 1M tokens: csa 24.7 ms; dense do not fit",
      "c on rack, 1M tokens: dense, csa do not fit",
    ]);
  });

  it("say whether a placement buys room with time", () => {
    const row = (variant: string, placement: string, usersPerRack: number, tpotMs: number | null) => ({
      variant,
      placement,
      usersPerRack,
      tpotMs,
    });
    expect(
      placementFindings(
        [
          row("dense", "hbm", 315, 22.6),
          row("dense", "grace", 468, 191),
          row("quest", "hbm", 279, 19.2),
          row("quest", "grace", 468, 19.6),
          row("llama", "hbm", 39, null),
          row("llama", "grace", 30, 80),
        ],
        "1M",
      ),
    ).toEqual([
      "dense at 1M tokens: hbm 315 users, 22.6 ms a token; grace 468 users (more), 191.0 ms a token (longer)",
      "quest at 1M tokens: hbm 279 users, 19.2 ms a token; grace 468 users (more), 19.6 ms a token (as long)",
      "llama at 1M tokens: hbm 39 users, too few for a step; grace 30 users (fewer), 80.0 ms a token",
    ]);
  });
});
