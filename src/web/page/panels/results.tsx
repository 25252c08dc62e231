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
  const names = new Set(files.map(({ name }) => name));
  return (
    <div class="panel">
      <form class="controls" onSubmit={(event) => event.preventDefault()}>
        <Drop
          label="drop results here: data.csv, or any CSV with variant, tokens and score"
          accept=".csv"
          multiple
          onFiles={(added) =>
            setFiles([...files.filter(({ name }) => !added.some((each) => each.name === name)), ...added])
          }
        />
        <ul class="files" aria-label="files">
          {files.map(({ name, text: csv }) => (
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
      <div class="results" ref={element} aria-busy={names.size > 0 && isOpen}>
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
        {answer && answer.rows > 0 && <p class="status">{answer.rows} rows</p>}
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
