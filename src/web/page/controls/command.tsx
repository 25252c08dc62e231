import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** The command line that gives the same numbers, with a button that copies it. */
export function Command({ text }: { readonly text: string }): JSX.Element {
  const [copied, setCopied] = useState("");
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => setCopied(""),
    );
  return (
    <div class="command">
      <pre tabIndex={0} aria-label="command line of this view">
        <code>{text}</code>
      </pre>
      <button type="button" onClick={copy}>
        {copied === text ? "copied" : "copy"}
      </button>
    </div>
  );
}
