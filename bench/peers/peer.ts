import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { reasonOf } from "../../src/files/files.ts";
import { agreementOf } from "../../src/engines/bench/agreement.ts";
import type { Difference } from "../../src/engines/bench/agreement.ts";
import type { BenchSubject } from "../../src/engines/bench/subject.ts";
import type { Effort } from "../../src/engines/bench/timing.ts";
import type { KernelWorkload } from "../../src/engines/bench/workloads.ts";

/** A question to a peer, one line of JSON. */
export interface Question {
  readonly workload: KernelWorkload;
  /** how long to time the workload; without it the peer checks its result */
  readonly effort?: Effort;
}

/** First line of a peer: its version and threads, or the reason why it cannot run. */
export type Greeting = { readonly version: string; readonly threads: number } | { readonly absent: string };

/**
 * Answer of a peer: the distance of its result from float64, the milliseconds of each call, or an error. A peer that
 * cannot do the workload gives no distance.
 */
export interface Answer extends Partial<Difference> {
  readonly times?: number[];
  readonly failed?: string;
  /** of normals that are not ours: the difference is that of mean and variance */
  readonly tolerance?: number;
}

/** A program beside the engines that does the same workloads on data of its own. */
export interface Peer extends BenchSubject {
  readonly version: string;
  close(): void;
}

/** Starts a program that greets and then answers questions, line by line. */
export async function startPeer(
  name: string,
  command: string,
  args: readonly string[],
): Promise<Peer | { readonly absent: string }> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = chunk.toString().trim().split("\n").at(-1) ?? "";
  });
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error(`cannot start ${command}: ${reasonOf(error)}`)));
    child.stdin.once("error", () => undefined); // it has ended: its output says so
  });
  const next = async (): Promise<unknown> => {
    const line = (await Promise.race([lines.next(), failure])) as IteratorResult<string, undefined>;
    if (line.done !== true) return JSON.parse(line.value);
    await Promise.race([once(child, "close"), failure]);
    throw new Error(`${name} ended: ${complaint}`);
  };
  const ask = async (question: Question): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = (await next()) as Answer;
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  };
  let greeting: Greeting;
  try {
    greeting = (await next()) as Greeting;
  } catch (error) {
    return { absent: (error as Error).message };
  }
  if ("absent" in greeting) return greeting;
  return {
    name,
    ...greeting,
    peer: true,
    async check(workload) {
      const { difference, largest, tolerance } = await ask({ workload });
      if (difference === undefined || largest === undefined) return undefined;
      if (tolerance !== undefined) return { error: difference / largest, tolerance };
      return agreementOf(workload, { difference, largest });
    },
    time: async (workload, effort) => (await ask({ workload, effort })).times!,
    close: () => void child.kill(),
  };
}
