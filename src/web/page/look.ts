import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Look } from "../questions.ts";

/** Figures are drawn again when their width changes by more than this, in pixels. */
const widthStep = 20;

const darkQuery = matchMedia("(prefers-color-scheme: dark)");

/** How figures in an element are to be drawn: its width, and the page's colours. Undefined before it is laid out. */
export function useLook(element: RefObject<HTMLElement | null>): Look | undefined {
  const [width, setWidth] = useState(0);
  const [dark, setDark] = useState(darkQuery.matches);
  useEffect(() => {
    const measure = (): void => {
      const found = element.current?.clientWidth ?? 0;
      setWidth((before) => (Math.abs(found - before) >= widthStep ? found : before));
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (element.current) observer.observe(element.current);
    const recolour = (): void => setDark(darkQuery.matches);
    darkQuery.addEventListener("change", recolour);
    return () => {
      observer.disconnect();
      darkQuery.removeEventListener("change", recolour);
    };
  }, [element]);
  return width === 0 ? undefined : { width, dark };
}
