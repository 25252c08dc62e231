/** Parts of the page that are loaded when they are first needed, each a script beside it. */
export type PartName = "library" | "numerics";

declare global {
  /** Takes the program of a part: its script calls it. */
  var attnsimPart: ((name: PartName, program: () => void) => void) | undefined;
}

const loading = new Map<PartName, Promise<string>>();
const taken = new Map<PartName, (program: () => void) => void>();

globalThis.attnsimPart = (name, program) => taken.get(name)?.(program);

/**
 * The text of a part's program. A script tag loads it, which a page from a file may do; it may not fetch, nor start a
 * worker from a file.
 */
function programOf(name: PartName): Promise<string> {
  const known = loading.get(name);
  if (known !== undefined) return known;
  const program = new Promise<string>((resolve, reject) => {
    taken.set(name, (found) => resolve(`(${found.toString()})();`));
    const script = document.createElement("script");
    script.src = `./${name}.js`;
    script.onerror = () => {
      loading.delete(name);
      reject(new Error(`${name}.js could not be loaded: it belongs beside index.html`));
    };
    document.head.append(script);
  });
  loading.set(name, program);
  return program;
}

/** Starts a worker with the program of a part. */
export async function startWorker(name: PartName): Promise<Worker> {
  const address = URL.createObjectURL(new Blob([await programOf(name)], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    // the browser has begun to load it by then
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
