/** A port of a channel between workers: a MessagePort, of which browsers and Node have types of their own. */
export interface Port {
  onmessage: ((event: { readonly data: unknown; readonly ports: readonly Port[] }) => void) | null;
  postMessage(message: unknown, transfer?: readonly Port[]): void;
  close(): void;
}

/** Makes a channel. */
export const makeChannel = (): { readonly port1: Port; readonly port2: Port } =>
  new MessageChannel() as unknown as { readonly port1: Port; readonly port2: Port };

/** Lets messages in that came while a worker was at work. A timer would wait 4 ms, as browsers make timers in a row do. */
export const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = makeChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
