import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "../core/errors.ts";
import { draftOf, makeFolder, reasonOf } from "./files.ts";

/** A file that is written part by part, under a temporary name until it is whole. */
export interface Draft {
  /** @throws UsageError if the bytes cannot be written */
  write(bytes: Uint8Array): void;
  /** Gives the file its name. @throws UsageError if it cannot have it */
  keep(): void;
  /** Closes the file, and removes it if it was not kept. */
  close(): void;
}

/** Begins a file. Makes its folder first. @throws UsageError if the file cannot be written */
export function openDraft(path: string): Draft {
  makeFolder(dirname(path));
  const name = draftOf(path);
  const orRefuse = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
    }
  };
  const file = orRefuse(() => openSync(name, "w"));
  return {
    write: (bytes) =>
      orRefuse(() => {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      }),
    keep: () => orRefuse(() => renameSync(name, path)),
    close() {
      closeSync(file);
      rmSync(name, { force: true });
    },
  };
}
