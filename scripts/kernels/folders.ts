/** A folder of sampled rows: its systems as the database names them, and the version of each file's table. */
export interface KernelFolder {
  readonly folder: string;
  readonly systems: readonly string[];
  /** rows of each file and system */
  readonly rows: number;
  /** `framework/version` of a file by the start of its name; the empty start is the default. Files of null are left out. */
  readonly versions: Readonly<Record<string, string | null>>;
}

/** Names of systems, by those of the database. */
export const systemNames: Readonly<Record<string, string>> = {
  gb200: "gb200-nvl72",
  gb300: "gb300-nvl72",
  h100_sxm: "h100",
  h200_sxm: "h200",
};

export const kernelFolders: readonly KernelFolder[] = [
  {
    folder: "hopper-kernels",
    systems: ["h100_sxm", "h200_sxm"],
    rows: 185,
    versions: {
      "": "trtllm/1.3.0rc20",
      dsv4: "sglang/0.5.14",
      glm52: "sglang/0.5.14",
      mhc: "sglang/0.5.14",
      msa: "vllm/0.24.0",
      kda: "vllm/0.1.dev19262",
      nccl: "nccl/2.29.2",
    },
  },
  {
    folder: "sglang-kernels",
    systems: ["gb200", "gb300", "h100_sxm", "h200_sxm"],
    rows: 90,
    versions: {
      "": "sglang/0.5.14",
      "mla-module": null,
      glm52: null,
      msa: "sglang/0.5.16",
      kda: "sglang/0.5.16",
      nccl: null,
    },
  },
  {
    folder: "vllm-kernels",
    systems: ["gb200", "gb300", "h100_sxm", "h200_sxm"],
    rows: 90,
    versions: {
      "": "vllm/0.24.0",
      "mla-prefill": null,
      "mla-decode": null,
      glm52: null,
      kda: "vllm/0.1.dev19262",
      nccl: null,
    },
  },
];
