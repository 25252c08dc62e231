import type { JSX } from "preact";
import type { Offer } from "../../questions.ts";
import type { AddressChange } from "../address.ts";

/** Properties of a view. */
export interface PanelProps {
  readonly offer: Offer;
  /** values of the address */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly change: (values: AddressChange) => void;
}

/** A view of the page. */
export interface Panel {
  readonly name: string;
  readonly title: string;
  /** the question that it answers */
  readonly question: string;
  readonly View: (props: PanelProps) => JSX.Element;
}
