/** Parts of the page that are loaded when they are first needed, each a script beside it. */
export type PartName = "library" | "numerics" | "article";

declare global {
  /** Takes the content of a part, the program of a worker or data: its script calls it. */
  var attnsimPart: ((name: PartName, content: unknown) => void) | undefined;
}

const loading = new Map<PartName, Promise<unknown>>();
const taken = new Map<PartName, (content: unknown) => void>();

globalThis.attnsimPart = (name, content) => taken.get(name)?.(content);

/**
 * The content of a part. A script tag loads it, which a page from a file may do; it may not fetch, nor start a worker from
 * a file.
 */
export function loadPart(name: PartName): Promise<unknown> {
  const known = loading.get(name);
  if (known !== undefined) return known;
  const content = new Promise((resolve, reject) => {
    taken.set(name, resolve);
    const script = document.createElement("script");
    script.src = `./${name}.js`;
    script.onerror = () => {
      loading.delete(name);
      reject(new Error(`${name}.js could not be loaded: it belongs beside index.html`));
    };
    document.head.append(script);
  });
  loading.set(name, content);
  return content;
}

/** Starts a worker with the program of a part. */
export async function startWorker(name: PartName): Promise<Worker> {
  const program = `(${String(await loadPart(name))})();`;
  const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  try {
    return new Worker(address);
  } finally {
    // the browser has begun to load it by then
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
