import { createReadStream, existsSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../core/errors.ts";
import { makeFolder } from "../../files/files.ts";
import { checkout } from "../../files/load.ts";

const host = "127.0.0.1";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Folder of the page, which `npm run build` writes. @throws UsageError if it is not there */
function pageFolder(): string {
  const folder = fileURLToPath(new URL("dist/web/", checkout));
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new UsageError("the page is missing: run `npm run build`");
}

/** Serves the page on this machine alone. Returns its address. @param port 0 for a free one */
export async function servePage(port: number): Promise<string> {
  const folder = pageFolder();
  const files = new Set(await readdir(folder));
  const server = createServer(({ method, url = "/" }, response) => {
    const path = new URL(url, `http://${host}`).pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    const isRead = method === "GET" || method === "HEAD";
    if (!isRead || !files.has(name)) {
      response.writeHead(isRead ? 404 : 405).end();
      return;
    }
    response.writeHead(200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    });
    if (method === "HEAD") response.end();
    else createReadStream(join(folder, name)).pipe(response);
  });
  await new Promise<void>((found, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      failed(new UsageError(`port ${port} cannot be used: ${error.message}`)),
    );
    server.listen(port, host, found);
  });
  return `http://${host}:${(server.address() as AddressInfo).port}/`;
}

/**
 * Copies the page's files into a folder, which it makes. Returns the path of index.html.
 *
 * @throws UsageError for a folder that cannot be written
 */
export async function buildPage(folder: string): Promise<string> {
  makeFolder(folder);
  await cp(pageFolder(), folder, { recursive: true });
  return join(resolve(folder), "index.html");
}
