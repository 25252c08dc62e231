import type { Command } from "@commander-js/extra-typings";

/** Adds arguments, options and action to a command. It is the default export of a command's file. */
export type DefineCommand = (command: Command) => void;

interface Named {
  readonly name: string;
  readonly summary: string;
  /** left out of the help */
  readonly hidden?: boolean;
}

/** A command with a file of its own. */
export interface CommandFile extends Named {
  /** command lines without the program's name, for the help */
  readonly examples?: readonly string[];
  /** loaded when the command line names it, so that `attnsim --help` stays quick */
  readonly load: () => Promise<{ readonly default: DefineCommand }>;
}

/** A group of commands. Their files lie in a folder with its name. */
export interface CommandGroup extends Named {
  readonly commands: readonly CommandFile[];
}

/** Every command, in the order of the help. To add one, write its file and add its line. */
export const commands: readonly (CommandFile | CommandGroup)[] = [
  {
    name: "run",
    summary: "run variants on tasks at lengths; results as CSV and figures",
    examples: [
      "run --task graphwalks --variant dense,dsa --tokens 16K,64K --trials 10",
      'run --task "mrcr(needles=4)" --variant "quest(budget=1024)+fp8" --tokens 128K --engine auto',
    ],
    load: () => import("./run.ts"),
  },
  {
    name: "submit",
    summary: "run a plan on a cluster: as a job array of Slurm, or an indexed job of Kubernetes",
    examples: [
      "submit plan.yaml --partition cpu --time 2:00:00 --array-size 32",
      "submit results/ruler --kubernetes --image attnsim:0.1 --claim ruler --dry-run",
    ],
    load: () => import("./submit.ts"),
  },
  {
    name: "work",
    summary: "run one share of a plan, on any machine that sees the folder of its results",
    examples: ["work plan.yaml --share 3/16", "work results/local/sweep --submission 1"],
    load: () => import("./work.ts"),
  },
  {
    name: "status",
    summary: "show how far the shares of a plan are: done, running, failed, left, and the time left",
    examples: ["status plan.yaml", "status results/local/sweep --json"],
    load: () => import("./status.ts"),
  },
  {
    name: "collect",
    summary: "merge the shares of a plan into the CSV and figures that a run on one machine makes",
    examples: ["collect plan.yaml"],
    load: () => import("./collect.ts"),
  },
  {
    name: "show",
    summary: "show which tokens a variant reads in one trial, and why it finds or misses the right ones",
    examples: [
      'show --task "ruler(task=niah_multikey_3)" --variant "quest(budget=256)" --tokens 8K --out reads.png',
      "show --task mrcr --variant dsa --tokens 4K --trial 2 --csv reads.csv",
    ],
    load: () => import("./show.ts"),
  },
  {
    name: "plot",
    summary: "draw the figures of a results CSV",
    examples: ["plot results/length-sweep/data.csv --figure accuracy --out figures"],
    load: () => import("./plot.ts"),
  },
  {
    name: "export",
    summary: "hand results to other tools",
    commands: [
      {
        name: "parquet",
        summary: "write each CSV of folders of results as Parquet beside it, with the same columns and types",
        examples: ["export parquet results/local/length-sweep"],
        load: () => import("./export/parquet.ts"),
      },
      {
        name: "mlflow",
        summary: "send a folder of results to an MLflow server as a run: settings, means, files",
        examples: [
          "export mlflow results/local/length-sweep --url http://localhost:5000 --experiment attention",
        ],
        load: () => import("./export/mlflow.ts"),
      },
    ],
  },
  {
    name: "explore",
    summary: "serve the explorer, a page that runs the library in the browser",
    examples: ["explore --build public"],
    load: () => import("./explore.ts"),
  },
  {
    name: "published",
    summary: "compare published numbers and trends with the simulator's, with a verdict on each",
    load: () => import("./published.ts"),
  },
  {
    name: "attend",
    summary: "run an attention variant on tensors of your own, or measure a capture of a model",
    examples: [
      'attend --variant "quest(budget=512)" --q q.npy --k k.npy --v v.npy --out out.npy',
      "attend --capture capture.safetensors --out reader.json",
    ],
    load: () => import("./attend.ts"),
  },
  {
    name: "learn",
    summary: "train a small transformer with chosen attention on associative recall",
    examples: [
      "learn --out results/local/dense",
      "learn --mixers window,gated-delta --steps 1000 --out results/local/hybrid",
    ],
    load: () => import("./learn.ts"),
  },
  {
    name: "tasks",
    summary: "generate, score, export and inspect problems",
    commands: [
      {
        name: "generate",
        summary: "generate problems as rows of the public dataset",
        examples: ["tasks generate graphwalks --tokens 16K --count 100 --out problems.jsonl"],
        load: () => import("./tasks/generate.ts"),
      },
      {
        name: "export",
        summary: "write chat messages for a real model, one problem a line: id, task, messages",
        examples: ['tasks export "mrcr(needles=2)" --tokens 32K --count 10 --out prompts.jsonl'],
        load: () => import("./tasks/export.ts"),
      },
      {
        name: "score",
        summary: "score a model's responses to generated or exported problems",
        examples: [
          "tasks score --file prompts.jsonl --responses answers.jsonl --model my-model --csv answers.csv",
        ],
        load: () => import("./tasks/score.ts"),
      },
      {
        name: "inspect",
        summary: "show sizes, tokens, records and answers of problems; for one problem also its first lines",
        examples: ["tasks inspect mrcr --tokens 8K", "tasks inspect --file problems.jsonl --row 3"],
        load: () => import("./tasks/inspect.ts"),
      },
    ],
  },
  {
    name: "hardware",
    summary:
      "memory and times of models on racks, serving and prices, and how the numbers are fitted and checked",
    commands: [
      {
        name: "memory",
        summary: "cache bytes of a user, and users who fit a GPU and a rack",
        examples: [
          "hardware memory --system gb200-nvl72 --model deepseek-v3 --variant dense dsa --context 128K,1M --beyond",
        ],
        load: () => import("./hardware/memory.ts"),
      },
      {
        name: "prefill",
        summary: "time of computing a prompt, part by part",
        examples: ["hardware prefill --system h100 --model llama-3.1-8b --context 128K --explain"],
        load: () => import("./hardware/prefill.ts"),
      },
      {
        name: "decode",
        summary: "time of a decode step, part by part",
        examples: [
          "hardware decode --system gb200-nvl72 --model deepseek-v3 --context 1M --beyond --users 64 --explain",
        ],
        load: () => import("./hardware/decode.ts"),
      },
      {
        name: "serve",
        summary: "serve requests: time to the first token, tokens a second, prices",
        examples: [
          "hardware serve --system gb200-nvl72 --model deepseek-v3 --input 128K --output 1024 --batch 16,64 --apart",
          "hardware serve --system gb200-nvl72 --model deepseek-v3 --parallel dp=8 --input 8K --rate 2 --requests 200",
          "hardware serve --system gb200-nvl72 --model deepseek-v3 --parallel dp=8 --input 8K --slo ttft-p99=2s,tpot-p99=30ms --requests 200",
        ],
        load: () => import("./hardware/serve.ts"),
      },
      {
        name: "pareto",
        summary: "plans that no other plan beats in tokens a second of a user and of a GPU",
        examples: ["hardware pareto --system gb200-nvl72 --model deepseek-v3 --input 128K --output 1000"],
        load: () => import("./hardware/pareto.ts"),
      },
      {
        name: "local",
        summary: "measure this machine, and compare its kernels with their predicted times",
        examples: ["hardware local --shrink 64 --repeats 1"],
        load: () => import("./hardware/local.ts"),
      },
      {
        name: "show",
        summary: "show every number of a system or model with its source",
        examples: ["hardware show gb200-nvl72"],
        load: () => import("./hardware/show.ts"),
      },
      {
        name: "validate",
        summary: "compare predicted times with measured kernels or published systems",
        examples: ["hardware validate --held-out", "hardware validate --systems"],
        load: () => import("./hardware/validate.ts"),
      },
      {
        name: "fit",
        summary: "fit the constants of kernel times to measured kernels",
        examples: ["hardware fit --out constants.json"],
        load: () => import("./hardware/fit.ts"),
      },
    ],
  },
  {
    name: "card",
    summary: "show what a model's attention keeps, finds and costs, from its name or its config.json",
    examples: ["card gpt-oss-20b", "card qwen3-8b qwen3-30b --context 32K --format md"],
    load: () => import("./card.ts"),
  },
  {
    name: "economics",
    summary: "compare the cost of a task with two models, and find when the dearer one pays",
    load: () => import("./economics.ts"),
  },
  {
    name: "agreement",
    summary: "compare with measured scores of attention methods on real models",
    examples: ["agreement --most 4K --only snapkv,tova --trials 10"],
    load: () => import("./agreement.ts"),
  },
  {
    name: "calibrate",
    summary: "fit the reader to a model's published scores",
    examples: ["calibrate --model GPT-5.4 --variant dense --out results/local/gpt-5.4"],
    load: () => import("./calibrate.ts"),
  },
  {
    name: "explain",
    summary: "find the single change of a fitted reader that gives another model's scores, and its cost",
    examples: ["explain --model GPT-5.5 --variant dense,dsa,nsa --out results/local/explain"],
    load: () => import("./explain.ts"),
  },
  {
    name: "select",
    summary: "rank models for a workload by cost or latency, beside published scores",
    load: () => import("./select.ts"),
  },
  {
    name: "article",
    summary: "check the claims of the article one by one: a report as HTML and Markdown",
    load: () => import("./article.ts"),
  },
  {
    name: "frontier",
    summary: "compare the accuracy of variants with their cost on a rack",
    load: () => import("./frontier.ts"),
  },
  {
    name: "list",
    summary: "list attention variants, tasks, systems, models and engines",
    examples: ["list variants"],
    load: () => import("./list.ts"),
  },
  {
    name: "describe",
    summary: "show the maths, parameters, sources and cost of an entry",
    examples: ['describe "dsa(k=1024)+fp8" --tokens 1M', "describe kimi-k3 --kind models"],
    load: () => import("./describe.ts"),
  },
  {
    name: "engines",
    summary: "list numeric engines, and why some are not usable here",
    examples: ["engines"],
    load: () => import("./engines.ts"),
  },
  {
    name: "bench",
    summary: "measure the engines' kernels, or the table for --engine auto",
    examples: ["bench --engine wasm --repeats 5", "bench --calibrate"],
    load: () => import("./bench.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh, fish or PowerShell",
    load: () => import("./completion.ts"),
  },
  {
    name: "complete",
    summary: "answer a shell's request for completions",
    hidden: true,
    load: () => import("./complete.ts"),
  },
];
