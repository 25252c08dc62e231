import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../core/errors.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EEXIST: "it is a file",
  EISDIR: "it is a folder",
  ELOOP: "it is a link to itself",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};

/** The reason why a file operation failed, in words. */
export const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
};

/** Makes folders one by one. Node's recursive mkdir never returns if a parent takes no folders, as /proc does not. */
function makeWithParents(folder: string): void {
  if (!existsSync(dirname(folder))) makeWithParents(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Makes a folder and its parents. @throws UsageError if files cannot be written there */
export function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${reasonOf(error)}`);
  }
}

/**
 * Checks that a folder can be made, or written where there is one. Leaves nothing behind.
 *
 * @throws UsageError with the reason why it cannot
 */
export function requireWritableFolder(folder: string): void {
  try {
    if (folder === "") throw new Error("its name is empty");
    requireRoom(folder);
  } catch (error) {
    throw new UsageError(`cannot write to ${folder}: ${reasonOf(error)}`);
  }
}

/**
 * Checks that a file can be written as `writeAtomic` does. Leaves nothing behind.
 *
 * @throws UsageError with the reason why it cannot
 */
export function requireWritableFile(path: string): void {
  try {
    if (path === "") throw new Error("its name is empty");
    if (path.endsWith("/")) throw new Error("its name is that of a folder");
    const known = statSync(path, { throwIfNoEntry: false });
    if (known?.isDirectory()) throw new Error("it is a folder");
    if (known && !known.isFile()) throw new Error("it is no file but a pipe or a device");
    lstatSync(draftOf(path), { throwIfNoEntry: false });
    requireRoom(dirname(path));
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Makes and removes a folder in the first part of a path that there is. @throws the error of the file system */
function requireRoom(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    requireRoom(dirname(folder));
    return;
  }
  if (!statSync(folder).isDirectory()) throw new Error("it is a file");
  rmdirSync(mkdtempSync(join(folder, ".attnsim-")));
}

/** Name of a file until it is whole. */
export const draftOf = (path: string): string => `${path}.${process.pid}.tmp`;

/**
 * Writes a file whole or not at all: under a temporary name beside it, which it then renames. Makes the folder first.
 *
 * @throws UsageError if the file cannot be written
 */
export function writeAtomic(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  const draft = draftOf(path);
  try {
    writeFileSync(draft, content, { flush: true });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Names of the files and folders in a folder. @throws UsageError if it cannot be read */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(`cannot read the folder ${folder}: ${reasonOf(error)}`);
  }
}

/** Opens a file for reading. @throws UsageError for a file that cannot be read, a folder, a pipe and a device */
export function openToRead(path: string): number {
  let file: number | undefined;
  try {
    // a pipe that nobody writes to would never open otherwise
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const kind = fstatSync(file);
    if (kind.isFile()) return file;
    throw new Error(kind.isDirectory() ? "it is a folder" : "it is no file but a pipe or a device");
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * The text of a file in UTF-8, without the mark of byte order that it may begin with.
 *
 * @throws UsageError if the file cannot be read, or is UTF-16
 */
export function readText(path: string): string {
  const file = openToRead(path);
  try {
    const bytes = readFileSync(file);
    if (isUtf16(bytes)) throw new Error("it is UTF-16; allowed: UTF-8");
    return bytes.toString("utf8").replace(/^\ufeff/, "");
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  } finally {
    closeSync(file);
  }
}

/** Whether bytes begin with the mark of UTF-16, of either order. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
