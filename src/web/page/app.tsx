import type { JSX } from "preact";
import { useAddress } from "./address.ts";
import { formatAddress } from "./address.ts";
import { useAnswer } from "./library.ts";
import type { Panel } from "./panels/panel.ts";
import { articlePanel } from "./panels/article.tsx";
import { frontierPanel } from "./panels/frontier.tsx";
import { hardwarePanel } from "./panels/hardware.tsx";
import { qualityPanel } from "./panels/quality.tsx";
import { readsPanel } from "./panels/reads.tsx";
import { resultsPanel } from "./panels/results.tsx";

/** Every view, in the order of the page. */
const panels: readonly Panel[] = [
  qualityPanel,
  readsPanel,
  hardwarePanel,
  frontierPanel,
  resultsPanel,
  articlePanel,
];

/** The whole page. */
export function App(): JSX.Element {
  const { address, change, show } = useAddress();
  const { answer: offer, error } = useAnswer("offer", null);
  const panel = panels.find(({ name }) => name === address.view) ?? panels[0]!;
  return (
    <>
      <header>
        <h1>attnsim</h1>
        <p>Attention of long-context language models: what it finds, and what it costs.</p>
        <nav aria-label="views">
          {panels.map(({ name, title }) => (
            <a
              key={name}
              href={formatAddress({ ...address, view: name })}
              aria-current={name === panel.name ? "page" : undefined}
              onClick={(event) => {
                event.preventDefault();
                show(name);
              }}
            >
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main>
        <h2>{panel.question}</h2>
        {error !== undefined && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        {offer === undefined ? (
          error === undefined && <p role="status">Loading the library …</p>
        ) : (
          <panel.View key={panel.name} offer={offer} values={address.values} change={change} />
        )}
      </main>
      <footer>
        attnsim {offer?.version}: everything is computed in this browser; nothing is sent anywhere.
      </footer>
    </>
  );
}
