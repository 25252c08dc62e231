import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Command } from "../controls/command.tsx";
import { Drop } from "../controls/drop.tsx";
import type { DroppedFile } from "../controls/drop.tsx";
import { Figure } from "../controls/figure.tsx";
import { TextField } from "../controls/fields.tsx";
import { save } from "../download.ts";
import { useAnswer } from "../library.ts";
import { useLook } from "../look.ts";
import { valuesOf } from "../values.ts";
import type { Panel, PanelProps } from "./panel.ts";

/** Files with one more. A file of the same name and another text is a file of another folder, and gets a number. */
function withFile(files: readonly DroppedFile[], { name, text }: DroppedFile): readonly DroppedFile[] {
  const [, stem = name, ending = ""] = /^(.*)(\.\w+)$/s.exec(name) ?? [];
  for (let i = 1; ; i++) {
    const own = i === 1 ? name : `${stem} (${i})${ending}`;
    const known = files.find((file) => file.name === own);
    if (known === undefined) return [...files, { name: own, text }];
    if (known.text === text) return files;
  }
}

/** Figures of results files that the user drops. */
function Results(props: PanelProps): JSX.Element {
  const { text, set } = valuesOf(props);
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const [files, setFiles] = useState<readonly DroppedFile[]>([]);
  const question =
    look && files.length > 0
      ? { files, where: text("where", ""), reference: text("reference", ""), look }
      : undefined;
  const { answer: found, error, isOpen } = useAnswer("results", question);
  const answer = files.length > 0 ? found : undefined;
  return (
    <div class="panel">
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <Drop
          label="drop results here: data.csv, or any CSV with variant, tokens and score"
          accept=".csv"
          multiple
          onFiles={(added) => setFiles(added.reduce(withFile, files))}
        />
        <ul class="files" aria-label="files">
          {files.map(({ name, text: csv }, i) => (
            <li key={name}>
              {name}{" "}
              <button
                type="button"
                aria-label={`leave out ${name}`}
                onClick={() => setFiles(files.filter((each) => each.name !== name))}
              >
                ×
              </button>{" "}
              <button
                type="button"
                aria-label={`download ${name}`}
                onClick={() => save(name, new Blob([csv], { type: "text/csv" }))}
              >
                CSV
              </button>
              {answer?.contents[i] !== undefined && (
                <>
                  <br />
                  <small class={answer.errors[name] ? "error" : ""}>
                    {answer.errors[name] ?? answer.contents[i]}
                  </small>
                </>
              )}
            </li>
          ))}
        </ul>
        <TextField
          label="rows to draw"
          value={text("where", "")}
          hint="tokens<=128K, variant=dsa, for example; empty: all"
          onChange={set("where", "")}
        />
        <TextField
          label="reference"
          value={text("reference", "")}
          hint="variant that others are compared with on the same problems"
          suggested={["dense"]}
          onChange={set("reference", "")}
        />
      </form>
      <div class="results" ref={element} aria-busy={files.length > 0 && isOpen}>
        {[error, answer?.error].map(
          (message) =>
            message !== undefined && (
              <p class="error" role="alert" key={message}>
                {message}
              </p>
            ),
        )}
        {files.length === 0 && (
          <p>The figures of the command line appear here. Files stay in this browser.</p>
        )}
        {answer?.warnings.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {answer?.figures.map((figure) => (
          <Figure key={figure.name} figure={figure} />
        ))}
        {answer && <Command text={answer.command} />}
      </div>
    </div>
  );
}

export const resultsPanel: Panel = {
  name: "results",
  title: "Results",
  question: "What do these results show?",
  View: Results,
};
