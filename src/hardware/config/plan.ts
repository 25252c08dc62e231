/** Longest unit to look for in a plan; no model repeats a longer one. */
const longest = 16;

/** The variants in order, equal neighbours written once with their number: `3*kda|dense`. */
function runs(specs: readonly string[]): string {
  const out: string[] = [];
  for (let at = 0; at < specs.length;) {
    let end = at + 1;
    while (end < specs.length && specs[end] === specs[at]) end++;
    out.push(end - at === 1 ? specs[at]! : `${end - at}*${specs[at]!}`);
    at = end;
  }
  return out.join("|");
}

/**
 * The shortest layer plan that spells these layers with at most one repeated part: `layers(23*(3*kda|dense)|dense)`.
 *
 * @param specs attention variant of each layer, in order
 */
export function planOf(specs: readonly string[]): string {
  let best = runs(specs);
  for (let start = 0; start < specs.length; start++)
    for (let size = 2; size <= longest && start + 2 * size <= specs.length; size++) {
      let end = start + size;
      while (end < specs.length && specs[end] === specs[end - size]) end++;
      const times = Math.floor((end - start) / size);
      if (times < 2) continue;
      const repeated = `${times}*(${runs(specs.slice(start, start + size))})`;
      const text = [runs(specs.slice(0, start)), repeated, runs(specs.slice(start + times * size))]
        .filter((part) => part !== "")
        .join("|");
      if (text.length < best.length) best = text;
    }
  return `layers(${best})`;
}
