/** A package of a lock file with the licence that it states. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, or the package's own words; empty for none */
  readonly licence: string;
  /** whether the program runs without it */
  readonly optional: boolean;
}

/** The part of a package-lock.json, version 3, that names licences. */
export interface LockFile {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly version?: string;
        readonly license?: string;
        readonly dev?: boolean;
        readonly optional?: boolean;
      }
    >
  >;
}

/**
 * SPDX identifiers that a program under MIT may depend on. They ask for no more than their own text beside copies, but for
 * MPL-2.0: changes of its own files stay under it, and attnsim changes none.
 */
const compatible: ReadonlySet<string> = new Set([
  ...["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"],
  ...["CC0-1.0", "Unlicense", "Zlib", "Python-2.0", "MPL-2.0"],
]);

/** Licences that packages state in words of their own, as they were read in the package. */
const readByHand: Readonly<Record<string, string>> = {
  // its LICENSE: the Bitstream Vera and Arev licences (copies and changes are free, under another name if changed), and
  // the changes of DejaVu in the public domain
  "dejavu-fonts-ttf@2.37.3": "SEE LICENSE IN README.md AND LICENSE",
};

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** Packages that an installation without development dependencies has, by name, each version once. */
export function productionPackages({ packages }: LockFile): LicensedPackage[] {
  const found = new Map<string, LicensedPackage>();
  for (const [path, { version = "", license: licence = "", dev, optional = false }] of Object.entries(
    packages,
  )) {
    if (path === "" || dev) continue;
    const name = nameOf(path);
    const before = found.get(`${name}@${version}`);
    found.set(`${name}@${version}`, {
      name,
      version,
      licence,
      optional: optional && (before?.optional ?? true),
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Whether an SPDX expression of AND, OR and parentheses can be met with compatible licences. */
export function isCompatible(expression: string): boolean {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let met = both();
    while (words[at] === "OR") {
      at++;
      met = both() || met;
    }
    return met;
  };
  const both = (): boolean => {
    let met = one();
    while (words[at] === "AND") {
      at++;
      met = one() && met;
    }
    return met;
  };
  const one = (): boolean => {
    const word = words[at++];
    if (word !== "(") return word !== undefined && compatible.has(word);
    const met = either();
    return words[at++] === ")" && met;
  };
  return either() && at === words.length;
}

/** Packages whose licence a program under MIT cannot depend on, or that state none. */
export const incompatiblePackages = (packages: readonly LicensedPackage[]): LicensedPackage[] =>
  packages.filter(
    ({ name, version, licence }) => readByHand[`${name}@${version}`] !== licence && !isCompatible(licence),
  );
