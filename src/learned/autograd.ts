import type * as tfjs from "@tensorflow/tfjs-core";
import { UsageError } from "../core/errors.ts";
import { reasonOf } from "../files/files.ts";
import { registerGradients } from "./register-gradients.ts";
import { loadTf, tfjsStatus } from "../engines/tfjs/load.ts";

/** TensorFlow.js with its gradients. */
export type Autograd = typeof tfjs;

/** Places in which TensorFlow.js computes: tfjs-node, WebAssembly, plain JavaScript. */
export const backends = ["native", "wasm", "cpu"] as const;

export type Backend = (typeof backends)[number];

/**
 * Loads TensorFlow.js.
 *
 * @param backend default: tfjs-node where it is installed, otherwise WebAssembly, which has one thread in Node
 * @throws UsageError if the packages of the backend are not installed
 */
export async function loadAutograd(
  backend: Backend = tfjsStatus().usable ? "native" : "wasm",
): Promise<Autograd> {
  try {
    if (backend === "native") return loadTf().tf as unknown as Autograd;
    const tf = await import("@tensorflow/tfjs-core");
    if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
    else await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend(backend);
    registerGradients(tf);
    return tf;
  } catch (error) {
    throw new UsageError(`cannot load TensorFlow.js for the backend ${backend}: ${reasonOf(error)}`);
  }
}
