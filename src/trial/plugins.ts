/** A file of entries of the user's own. */
export interface Plugin {
  /** absolute */
  readonly path: string;
  /** name of the file and a hash of its content: trials depend on it */
  readonly version: string;
}

const loaded = new Map<string, Plugin>();

/** Plugins loaded so far, in order. */
export const plugins = (): readonly Plugin[] => [...loaded.values()];

/** Whether the file at this path has been loaded. */
export const isLoaded = (path: string): boolean => loaded.has(path);

/** Notes that a plugin has been loaded: every trial made from now on names it. */
export function addPlugin(plugin: Plugin): void {
  loaded.set(plugin.path, plugin);
}
