import { cacheOf, claimOf, defineChapter, windowVerdict } from "../../src/experiments.ts";
import { formatBytes } from "../../src/index.ts";

const settings = [
  { model: "llama-3.1-405b", variant: "dense" },
  { model: "deepseek-v3", variant: "dense" },
  { model: "deepseek-v3.2", variant: "dsa(indexHeads=64)" },
];

const racks = ["gb200-nvl72", "gb300-nvl72"];

/** The memory of a context window of a million tokens. */
export const context = defineChapter({
  name: "context",
  title: "A million tokens: the memory that they take",
  tell({ say }) {
    const rows = settings.map(({ model, variant }) => {
      const { bytes, users } = cacheOf(model, variant, racks);
      return {
        model,
        bytes,
        users,
        bytesText: say(`cache of a user of ${model} with ${variant}`, formatBytes(bytes)),
        usersText: users.map((count, i) =>
          say(`users of ${model} with ${variant} on ${racks[i]!}`, String(count)),
        ),
      };
    });
    const claim = claimOf("context-window");
    const verdict = windowVerdict(rows.flatMap(({ users }) => users));
    const byBytes = [...rows].sort((a, b) => a.bytes - b.bytes);
    const byUsers = rows
      .flatMap(({ users, usersText: texts }) => users.map((count, i) => ({ count, text: texts[i]! })))
      .sort((a, b) => a.count - b.count);
    return {
      findings: [
        {
          claim: claim.id,
          verdict,
          says: `A million tokens ${verdict === "plausible" ? "fit" : "do not fit every rack"}: one user's cache takes ${byBytes[0]!.bytesText} to ${byBytes.at(-1)!.bytesText} at the dimensions of public models. A model that holds tokens need not find facts in them.`,
        },
      ],
      text: [
        `Both models take a million tokens. Their dimensions are not public. At the dimensions of public models a rack holds ${byUsers[0]!.text} to ${byUsers.at(-1)!.text} users with full windows, with K and V in fp8 and weights in NVFP4.`,
      ],
      tables: [
        {
          titles: ["dimensions of", "cache of one user", "users a GB200 rack", "users a GB300 rack"],
          rows: rows.map(({ model, bytesText, usersText: texts }) => [model, bytesText, ...texts]),
        },
      ],
    };
  },
});
