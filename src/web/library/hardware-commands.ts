import type { Model } from "../../hardware/model.ts";
import type { EqualCommand, HardwareQuestion } from "../questions.ts";
import { settingsOf, specOf } from "./asked-model.ts";
import { commandLine } from "./command.ts";

/** Command lines that give the same numbers. @param read the model, unless it is wrong */
export function commandsOf(question: HardwareQuestion, read: Model | undefined): EqualCommand[] {
  const {
    systems: names,
    model,
    modelFile,
    variant,
    placement,
    kvDtype,
    users,
    context,
    parallel,
    scales,
  } = question;
  const settings = settingsOf(scales);
  const shared = [
    ["system", names.join(",")],
    ["model", modelFile?.name ?? model],
    ["variant", read === undefined || variant + placement === "" ? undefined : specOf(question, read)],
    ["kv-dtype", kvDtype],
    ["set", settings.length === 0 ? undefined : settings.join(",")],
    ["beyond", true],
  ] as const;
  const divided = ["parallel", parallel === "" ? undefined : parallel] as const;
  return [
    {
      gives: "time of a step, TPOT",
      text: commandLine(["hardware", "decode"], [...shared, ["context", context], ["users", users], divided]),
    },
    {
      gives: "users per rack, memory",
      text: commandLine(["hardware", "memory"], [...shared, ["context", context], ["users", users]]),
    },
    { gives: "TTFT", text: commandLine(["hardware", "prefill"], [...shared, ["context", context]]) },
  ];
}
