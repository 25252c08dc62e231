import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startPeer } from "../../bench/peers/peer.ts";
import type { Peer } from "../../bench/peers/peer.ts";
import { gemm, workloads } from "../../src/engines/bench/workloads.ts";

const file = (name: string): string => join(import.meta.dirname, "../../bench/peers", name);
const python = process.env["PYTHON"] || "python3";

function imports(module: string): boolean {
  try {
    execFileSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const commands: [name: string, command: string, args: string[], present: boolean][] = [
  ["tfjs-wasm", process.execPath, ["--import", "tsx", file("tfjs-wasm.ts")], true],
  ["numpy", python, [file("numpy.py"), "1"], imports("numpy")],
  ["torch", python, [file("torch.py"), "1"], imports("torch")],
];

describe.each(commands.filter(([, , , present]) => present))("%s", (name, command, args) => {
  let peer: Peer;
  afterAll(() => peer.close());

  it("agrees with float64, and says how long it takes", async () => {
    const started = await startPeer(name, command, args);
    if ("absent" in started) throw new Error(started.absent);
    peer = started;
    expect([peer.name, peer.threads]).toEqual([name, 1]);
    expect(peer.version).toMatch(/^\d+\.\d+\.\d+/);
    for (const workload of [gemm, ...workloads(256)]) {
      const { error, tolerance } = (await peer.check(workload))!;
      expect(error, workload.name).toBeLessThanOrEqual(tolerance);
      const times = await peer.time(workload, { seconds: 0, warmUp: true });
      expect(times, workload.name).toHaveLength(1);
      expect(times[0], workload.name).toBeGreaterThan(0);
    }
  });

  it("says what it does not do, or what is wrong, and goes on", async () => {
    const [sane] = workloads(256);
    await expect(peer.check({ ...sane!, rows: -5 })).rejects.toThrow(/./);
    expect(await peer.check(sane!)).toBeDefined();
  });
});

describe("a peer that is not there", () => {
  it("gives the reason", async () => {
    expect(await startPeer("x", "no-such-program", [])).toEqual({
      absent: "cannot start no-such-program: there is no such file",
    });
    expect(await startPeer("x", process.execPath, ["-e", 'console.log(\'{"absent":"no torch"}\')'])).toEqual({
      absent: "no torch",
    });
    expect(await startPeer("x", process.execPath, ["-e", "console.error('boom');process.exit(3)"])).toEqual({
      absent: "x ended: boom",
    });
  });
});
