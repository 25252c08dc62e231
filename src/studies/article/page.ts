import { escapeHtml } from "../../core/html.ts";
import { renderSvg } from "../../figures/svg.ts";
import { claimVerdicts, ruleTexts } from "../rules.ts";
import type { ClaimVerdict } from "../rules.ts";
import type { Finding, ReportTable } from "./chapter.ts";
import { claimOf } from "./claims.ts";
import { countOf, departuresOf, disagreements, lead, meaning, numbersOf, rowsOf, title } from "./report.ts";
import type { ArticleReport } from "./report.ts";

const style = `
:root { --ink: #1b1f24; --soft: #5d6570; --line: #dfe3e8; --paper: #fff; --accent: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.62 Georgia, "DejaVu Serif", "Times New Roman", serif; }
main { max-width: 54rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2.15rem; line-height: 1.2; margin: 0 0 1.2rem; letter-spacing: -.01em; }
h2 { font-size: 1.42rem; line-height: 1.3; margin: 3.4rem 0 .9rem; padding-top: 1.6rem; border-top: 1px solid var(--line); }
p { margin: 0 0 1rem; }
.lead { font-size: 1.1rem; color: #30363d; }
table, .chip, .counts, .claim, figcaption, nav, footer { font-family: system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
table { border-collapse: collapse; width: 100%; font-size: .83rem; line-height: 1.42; margin: 1.2rem 0 1.6rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 2px solid var(--line); padding: .4rem .7rem .4rem 0; }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: .45rem .7rem .45rem 0; }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td a { color: inherit; text-decoration-color: #b9c0c8; text-underline-offset: 2px; }
.chip { display: inline-block; white-space: nowrap; border-radius: 1rem; padding: .05rem .6rem; font-size: .78rem; font-weight: 600; }
.plausible { background: #e3eefb; color: #0a4f8a; }
.contradicted { background: #fce8dd; color: #9a3b00; } .unsupported { background: #fdf1d3; color: #7a5200; }
.arithmetic-holds { background: #e2f3ec; color: #00634a; } .reported-elsewhere { background: #eef0fb; color: #3d3f8f; }
.out-of-reach { background: #eceff2; color: #4d565f; }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 2rem 0 0; padding: 0; list-style: none; font-size: .82rem; line-height: 1.4; color: var(--soft); }
.counts b { display: block; font-size: 1.9rem; line-height: 1.2; color: var(--ink); }
.claim { border-left: 3px solid var(--line); padding: .1rem 0 .1rem 1rem; margin: 0 0 .9rem; font-size: .88rem; line-height: 1.5; }
.claim q { font-weight: 600; quotes: none; } .claim span.f { color: var(--soft); }
.source { margin: 0 0 .2rem; font: .82rem/1.5 system-ui, "DejaVu Sans", sans-serif; } .source a { color: var(--accent); }
figure { margin: 1.6rem 0; overflow-x: auto; } figure svg { display: block; max-width: 100%; height: auto; }
footer { margin-top: 3.5rem; padding-top: 1.2rem; border-top: 1px solid var(--line); font-size: .82rem; color: var(--soft); }
.rules { font-size: .88rem; line-height: 1.5; padding-left: 1.1rem; } .rules li { margin-bottom: .35rem; }
footer li { margin-bottom: .3rem; }
@media print { h2 { break-after: avoid; } figure { break-inside: avoid; } main { padding: 0; } }
`;

const chip = (verdict: ClaimVerdict): string =>
  `<span class="chip ${verdict.replaceAll(" ", "-")}">${verdict}</span>`;

/** An SVG with unique ids and a label, for a page with several. */
export const inlineSvg = (svg: string, name: string, label: string): string =>
  svg
    .replaceAll(/\bid="([^"]+)"/g, `id="${name}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${name}-$1)`)
    .replaceAll(/href="#([^"]+)"/g, `href="#${name}-$1"`)
    .replace("<svg ", `<svg role="img" aria-label="${escapeHtml(label)}" `);

/** True for numbers, which are aligned right. */
const isNumber = (cell: string | number): boolean =>
  /^[-+$~<>]*[\d.,]+(?: \[[-\d. ]+\])? ?(?:[%x]|pp|[kMGT]?B|[mu]?s)?$/.test(String(cell));

/** The report as one HTML page without external files. */
export async function htmlReport({ chapters, made }: ArticleReport): Promise<string> {
  const rows = rowsOf(chapters);
  const sections: string[] = [];
  for (const chapter of chapters) {
    const { name, title: heading, findings, text, tables = [], figure, sources = [] } = chapter;
    const svg = figure && inlineSvg(await renderSvg(figure), name, heading);
    sections.push(`<section id="${name}"><h2>${escapeHtml(heading)}</h2>
${findings.map((finding) => claimBox(finding)).join("\n")}
${text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join("\n")}
${tables.map(htmlTable).join("\n")}
${svg ? `<figure>${svg}</figure>` : ""}
${sources.map(({ title: of, url }) => `<p class="source"><a href="${escapeHtml(url)}">${escapeHtml(of)}</a></p>`).join("\n")}</section>`);
  }
  const counts = claimVerdicts.map(
    (verdict) =>
      `<li><b>${countOf(rows, verdict)}</b>${chip(verdict)}<br>${escapeHtml(meaning[verdict])}</li>`,
  );
  const overview = rows.map(
    ({ article, verdict, chapter }) =>
      `<tr><td><a href="#${chapter.name}">${escapeHtml(article.claim)}</a></td><td>${escapeHtml(numbersOf(article))}</td><td>${chip(verdict)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
${lead.map((paragraph) => `<p class="lead">${escapeHtml(paragraph)}</p>`).join("\n")}
<ul class="counts">${counts.join("")}</ul>
<h2>Where the numbers disagree with the article</h2>
${disagreements(rows)
  .map((row) => claimBox(row))
  .join("\n")}
<h2>Where the simulation disagrees with published scores, or with itself</h2>
<ul class="rules">${departuresOf(chapters)
    .map((line) => `<li>${escapeHtml(line)}</li>`)
    .join("")}</ul>
<h2>The claims</h2>
<table><thead><tr><th>claim</th><th>in the article</th><th>verdict</th></tr></thead><tbody>${overview.join("\n")}</tbody></table>
${sections.join("\n")}
<section id="rules"><h2>The rules that judge</h2>
<p>Every verdict, and every word that compares numbers, is made from them by one of these rules.</p>
<ul class="rules">${ruleTexts.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></section>
<footer><p>How this was made</p><ul>${made.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul></footer>
</main></body></html>
`;
}

function claimBox({ claim, verdict, says }: Finding): string {
  const article = claimOf(claim);
  return `<p class="claim">${chip(verdict)} <q>${escapeHtml(article.claim)}</q> <span class="f">${escapeHtml(numbersOf(article))}</span><br>${escapeHtml(says)}</p>`;
}

function htmlTable({ caption, titles, rows }: ReportTable): string {
  const right = titles.map((_, c) => rows.every((row) => isNumber(row[c] ?? "")));
  const cells = (row: readonly (string | number)[]): string =>
    row.map((each, c) => `<td${right[c] ? ' class="n"' : ""}>${escapeHtml(each)}</td>`).join("");
  const head = titles.map(
    (each, c) => `<th${right[c] ? ' style="text-align:right"' : ""}>${escapeHtml(each)}</th>`,
  );
  const named = caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>`;
  return `<table>${named}<thead><tr>${head.join("")}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join("\n")}</tbody></table>`;
}
