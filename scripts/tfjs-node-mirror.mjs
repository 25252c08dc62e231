#!/usr/bin/env node
/**
 * Builds @tensorflow/tfjs-node where the host that its install script downloads from cannot be reached: serves
 * the C headers and the libraries of a TensorFlow CPU wheel as a `libtensorflow` archive on 127.0.0.1, and runs
 * an npm command against it. Needs what node-gyp needs (Python 3, make, a C++17 compiler) and tar.
 *
 *     node scripts/tfjs-node-mirror.mjs tensorflow_cpu-2.21.0-....whl [npm ci]
 *
 * The command is `npm rebuild @tensorflow/tfjs-node` when none is given.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

const addon = "@tensorflow/tfjs-node";
/** Parts of the wheel: the C interface, the headers it includes, the two libraries. */
const parts = [
  "tensorflow/include/tensorflow/c/",
  "tensorflow/include/tensorflow/core/platform/",
  "tensorflow/include/tsl/",
  "tensorflow/include/xla/tsl/",
  "tensorflow/libtensorflow_cc.so.2",
  "tensorflow/libtensorflow_framework.so.2",
];
const unpack =
  "import sys, zipfile; w = zipfile.ZipFile(sys.argv[1]);" +
  "w.extractall(sys.argv[2], [n for n in w.namelist() if n.startswith(tuple(sys.argv[3:]))])";
/** Names that tfjs-node's install script and the linker look for. */
const links = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow.so.2": "libtensorflow_cc.so.2",
  "libtensorflow.so.2.9.1": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
  "libtensorflow_framework.so.2.9.1": "libtensorflow_framework.so.2",
};

/** Writes the archive that the install script expects: include/ and lib/. */
async function pack(wheel, folder) {
  execFileSync("python3", ["-c", unpack, wheel, folder, ...parts], { stdio: "inherit" });
  renameSync(join(folder, "tensorflow/include"), join(folder, "include"));
  mkdirSync(join(folder, "lib"));
  for (const library of new Set(Object.values(links)))
    renameSync(join(folder, "tensorflow", library), join(folder, "lib", library));
  for (const [link, library] of Object.entries(links)) symlinkSync(library, join(folder, "lib", link));
  const archive = join(folder, "libtensorflow.tar.gz");
  const tar = spawn("tar", ["-C", folder, "-cf", "-", "include", "lib"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await pipeline(tar.stdout, createGzip({ level: 1 }), createWriteStream(archive));
  return archive;
}

/** Serves the archive on a free port of 127.0.0.1. */
async function serve(archive) {
  const server = createServer((request, response) => {
    if (!request.url.includes("/libtensorflow-")) return response.writeHead(404).end();
    response.writeHead(200, { "content-length": statSync(archive).size });
    createReadStream(archive).pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Runs a command with npm pointed at the mirror; gives its exit code. */
async function run(command, port) {
  const env = {
    ...process.env,
    TFJS_NODE_BASE_URI: `http://127.0.0.1:${port}/libtensorflow-`,
    npm_config_build_from_source: addon,
  };
  // The install script would send even a loopback request to the proxy.
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) delete env[name];
  const [code] = await once(spawn(command[0], command.slice(1), { stdio: "inherit", env }), "exit");
  return code ?? 1;
}

/** Loads the addon and multiplies; npm skips a failed optional dependency without an error. */
const check = `
  const util = require("util");
  util.isArray ??= Array.isArray;
  util.isNullOrUndefined ??= (value) => value == null;
  const tf = require("${addon}");
  const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()[0];
  if (product !== 11) throw new Error("matMul gave " + product + ", not 11");
  console.log("tfjs-node", tf.version["tfjs-node"], "works on libtensorflow", tf.backend().binding.TF_Version);
`;

const [wheel, ...command] = process.argv.slice(2);
if (wheel === undefined) {
  console.error("usage: node scripts/tfjs-node-mirror.mjs <TensorFlow CPU wheel> [npm command]");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "libtensorflow-"));
try {
  const server = await serve(await pack(resolve(wheel), folder));
  const code = await run(command.length > 0 ? command : ["npm", "rebuild", addon], server.address().port);
  server.close();
  const env = { TF_CPP_MIN_LOG_LEVEL: "2", TF_ENABLE_ONEDNN_OPTS: "0", ...process.env };
  if (code === 0) execFileSync(process.execPath, ["-e", check], { stdio: "inherit", env });
  process.exitCode = code;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
