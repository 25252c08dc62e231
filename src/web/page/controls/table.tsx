import type { JSX } from "preact";
import type { ShownTable } from "../../questions.ts";

export interface TableProps {
  readonly table: ShownTable;
  readonly caption: string;
  /** name among those of the page; default: the caption */
  readonly label?: string;
}

/** A table that scrolls sideways where the page is narrow. */
export function Table({ table, caption, label = caption }: TableProps): JSX.Element {
  return (
    <div class="table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {table.titles.map((title, i) => (
              <th key={i} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) =>
                j === 0 ? (
                  <th key={j} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={j}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
