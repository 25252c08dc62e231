/** Makes the content of a generated block. @param outputOf the output of a command of `helpers` */
export type Maker = (outputOf: (command: string) => string) => string | Promise<string>;

const block = /^<!-- ([\w-]+): made by npm run docs -->\n[\s\S]*?^<!-- end -->$/gm;

/** Names of the generated blocks of a document, in order. */
const blockNames = (document: string): string[] => [...document.matchAll(block)].map(([, name]) => name!);

/**
 * A document whose generated blocks are made again: the lines between `<!-- NAME: made by npm run docs -->` and
 * `<!-- end -->`.
 *
 * @throws Error for a block that no maker makes
 */
export async function withBlocks(
  document: string,
  makers: Readonly<Record<string, Maker>>,
  outputOf: (command: string) => string,
): Promise<string> {
  const made = new Map<string, string>();
  for (const name of blockNames(document)) {
    const maker = makers[name];
    if (maker === undefined) throw new Error(`no block "${name}"; known: ${Object.keys(makers).join(", ")}`);
    made.set(name, await maker(outputOf));
  }
  return document.replace(
    block,
    (_, name: string) => `<!-- ${name}: made by npm run docs -->\n\n${made.get(name)!}\n\n<!-- end -->`,
  );
}
