import type { Command } from "@commander-js/extra-typings";
import { script } from "@bomb.sh/tab";
import { Argument } from "@commander-js/extra-typings";

const shells = ["bash", "zsh", "fish", "powershell"] as const;

const help = `
For the shell at hand:
  bash   source <(attnsim completion bash)      (needs the package bash-completion)
  zsh    source <(attnsim completion zsh)
  fish   attnsim completion fish | source`;

/** `attnsim completion`: the script that makes a shell ask `attnsim complete`. */
export default function completionCommand(command: Command): void {
  command
    .addArgument(new Argument("<shell>", "shell to complete in").choices(shells))
    .addHelpText("after", help)
    .action((shell) => script(shell, "attnsim", "attnsim"));
}
