import { useCallback, useEffect, useState } from "preact/hooks";

/** The state of the page, as the address bar holds it behind `#`. */
export interface Address {
  /** name of the view that is shown */
  readonly view: string;
  /** values that differ from the defaults, of all views */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** Reads `#quality?variant=dense&variant=dsa`. */
function parseAddress(hash: string): Address {
  const [view = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const values: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (values[name] ??= []).push(value);
  return { view, values };
}

export function formatAddress({ view, values }: Address): string {
  const query = new URLSearchParams(
    Object.entries(values).flatMap(([name, list]) => list.map((value) => [name, value])),
  ).toString();
  return `#${view}${query === "" ? "" : `?${query}`}`;
}

/** Changes of values: undefined puts a default back. */
export type AddressChange = Readonly<Record<string, readonly string[] | undefined>>;

/** The values of the address, and functions that change them. */
export interface AddressUse {
  readonly address: Address;
  readonly change: (values: AddressChange) => void;
  readonly show: (view: string) => void;
}

/** The state of the address bar. A change of values takes the place of the entry in the history, a change of view adds one. */
export function useAddress(): AddressUse {
  const [address, setAddress] = useState(() => parseAddress(location.hash));
  useEffect(() => {
    const read = (): void => setAddress(parseAddress(location.hash));
    addEventListener("popstate", read);
    addEventListener("hashchange", read);
    return () => {
      removeEventListener("popstate", read);
      removeEventListener("hashchange", read);
    };
  }, []);
  const change = useCallback((values: AddressChange) => {
    const before = parseAddress(location.hash);
    const kept = Object.entries({ ...before.values, ...values }).flatMap(([name, list]) =>
      list === undefined ? [] : [[name, list] as const],
    );
    const next = { ...before, values: Object.fromEntries(kept) };
    history.replaceState(null, "", formatAddress(next));
    setAddress(next);
  }, []);
  const show = useCallback((view: string) => {
    const next = { ...parseAddress(location.hash), view };
    history.pushState(null, "", formatAddress(next));
    setAddress(next);
  }, []);
  return { address, change, show };
}
