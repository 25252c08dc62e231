/** Towers beside the language model, and layers of multi-token prediction. */
const beside = /^(?:model\.)?(?:mtp|vision|visual|audio|mm_|multi_modal|patch_|embed_vision)/;

/** Other words for a component of a module's name. */
const aliases: Readonly<Record<string, string>> = {
  attn: "self_attn",
  ffn: "mlp",
  block_sparse_moe: "mlp",
  feed_forward: "mlp",
  shared_expert: "shared_experts",
  router: "gate",
};

/** A pattern of names without the model's prefix and with one word for each component; undefined for other towers. */
function canonical(pattern: string): string | undefined {
  if (beside.test(pattern)) return undefined;
  return pattern
    .replace(/^.*?\b(?=layers\.)/, "")
    .replace(/^(?:language_model\.|model\.)+/, "")
    .split(".")
    .map((word) => {
      const bare = word.replace(/\*$/, "");
      const alias = Object.hasOwn(aliases, bare) ? aliases[bare]! : bare;
      return alias + word.slice(bare.length);
    })
    .join(".");
}

/** Every run of components of a name: `a.b` of `x.a.b.y`. */
function runsOf(name: string): string[] {
  const words = name.split(".");
  return words.flatMap((_, from) =>
    words.slice(from).map((_, length) => words.slice(from, from + length + 1).join(".")),
  );
}

/**
 * Test of whether a module is named by one of the patterns: whole components of a name with `*` for anything, as
 * transformers and modelopt read them, or `re:` and a regular expression for the whole name, as compressed-tensors does.
 */
export function namedBy(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set<string>();
  const expressions: RegExp[] = [];
  for (const pattern of patterns) {
    if (pattern.startsWith("re:")) {
      expressions.push(new RegExp(`^(?:${pattern.slice(3)})`));
      continue;
    }
    const own = canonical(pattern);
    if (own === undefined) continue;
    if (!own.includes("*")) exact.add(own);
    else
      expressions.push(
        new RegExp(`(?:^|\\.)${own.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}(?:\\.|$)`),
      );
  }
  return (name) =>
    runsOf(name).some((run) => exact.has(run)) ||
    expressions.some((expression) => expression.test(name) || expression.test(`model.${name}`));
}
