import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Command } from "../controls/command.tsx";
import { Figure } from "../controls/figure.tsx";
import { SelectField } from "../controls/fields.tsx";
import { Table } from "../controls/table.tsx";
import { useAnswer } from "../library.ts";
import { useLook } from "../look.ts";
import { loadPart } from "../parts.ts";
import { valuesOf } from "../values.ts";
import type { ArticlePart } from "../../questions.ts";
import type { Panel, PanelProps } from "./panel.ts";

const everything = "all";

/** The claims of the article with their verdicts. */
function Article(props: PanelProps): JSX.Element {
  const { text, set } = valuesOf(props);
  const element = useRef<HTMLDivElement>(null);
  const look = useLook(element);
  const [report, setReport] = useState<ArticlePart>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    loadPart("article").then(
      (found) => {
        const part = found as ArticlePart | { readonly error: string };
        if ("error" in part)
          setFailure(`the report could not be made when the page was built: ${part.error}`);
        else setReport(part);
      },
      (error: unknown) => setFailure(String(error)),
    );
  }, []);
  const verdict = text("verdict", everything);
  const specs = report?.chapters.flatMap(({ name, figure }) => (figure ? [{ name, spec: figure }] : []));
  const { answer: figures, isOpen } = useAnswer("figures", look && specs && { figures: specs, look });
  const shown = report?.claims.filter((claim) => verdict === everything || claim.verdict === verdict) ?? [];
  const count = (name: string): number =>
    report?.claims.filter((claim) => claim.verdict === name).length ?? 0;
  return (
    <div
      class="results article"
      ref={element}
      aria-busy={report === undefined ? failure === undefined : isOpen}
    >
      {failure !== undefined && (
        <p class="error" role="alert">
          {failure}
        </p>
      )}
      {report?.lead.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      {report && (
        <>
          <SelectField
            label="verdict"
            value={verdict}
            options={[
              { value: everything, text: `all ${report.claims.length} claims` },
              ...Object.entries(report.meaning).map(([name, meaning]) => ({
                value: name,
                text: `${name} (${count(name)}): ${meaning}`,
              })),
            ]}
            onChange={set("verdict", everything)}
          />
          <Command text="npx attnsim article --full" />
        </>
      )}
      {report?.chapters
        .filter(({ name }) => shown.some((claim) => claim.chapter === name))
        .map((chapter) => {
          const figure = figures?.find((each) => each.name === chapter.name);
          return (
            <section key={chapter.name} aria-label={chapter.title}>
              <h3>{chapter.title}</h3>
              <ul class="claims">
                {shown
                  .filter((claim) => claim.chapter === chapter.name)
                  .map((claim) => (
                    <li key={claim.claim}>
                      <strong class={`verdict-${claim.verdict.replaceAll(" ", "-")}`}>{claim.verdict}</strong>
                      : {claim.text}
                      {claim.numbers !== "" && ` (${claim.numbers})`}. {claim.says}
                    </li>
                  ))}
              </ul>
              {verdict === everything && (
                <>
                  {chapter.text.map((paragraph) => (
                    <p key={paragraph}>{paragraph}</p>
                  ))}
                  {figure && <Figure figure={figure} />}
                  {chapter.tables.map((table, i) => (
                    <Table
                      key={i}
                      label={`${chapter.title}, table ${i + 1}`}
                      caption={table.caption ?? chapter.title}
                      table={{ titles: table.titles, rows: table.rows.map((row) => row.map(String)) }}
                    />
                  ))}
                  {chapter.departures.map((sentence) => (
                    <p key={sentence}>{sentence}</p>
                  ))}
                </>
              )}
            </section>
          );
        })}
    </div>
  );
}

export const articlePanel: Panel = {
  name: "article",
  title: "Article",
  question: "What does the simulator say of each claim of the GPT-5.5 article?",
  View: Article,
};
