/** The part of WebAssembly that this engine uses. TypeScript's ES library does not declare it. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }

  const Module: {
    new (bytes: Uint8Array<ArrayBuffer>): Module;
    exports(module: Module): { readonly name: string }[];
  };

  class Memory {
    /** @param size in pages of 64 KiB */
    constructor(size: { readonly initial: number; readonly maximum: number; readonly shared: boolean });
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }

  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
