/** States of the page that its clock can wait for. */
export type PageState = "drawn" | "moved" | "whole";

/**
 * Script that gives the page a clock of its own. `clock.arm(states)` waits for an event of the user, and from then for each
 * state; `clock.times()` has the milliseconds from the event to the first frame with the state. Without `arm` the clock
 * starts where the page is opened, and waits for a figure.
 *
 * - drawn: there is a figure
 * - moved: the first figure is another one than before
 * - whole: the answer to the last question is complete
 */
export const pageClock = `(() => {
  const figure = () => document.querySelector(".figure svg")?.outerHTML;
  const isBusy = () => document.querySelector('.results[aria-busy="true"]') !== null;
  let [before, wasBusy, since, waiting] = [undefined, false, 0, []];
  const states = {
    drawn: () => figure() !== undefined,
    moved: () => figure() !== undefined && figure() !== before,
    whole: () => wasBusy && !isBusy(),
  };
  const wait = (names) => {
    waiting = names.map((name) => {
      const one = { name };
      one.ms = new Promise((resolve) => (one.resolve = resolve));
      return one;
    });
  };
  const check = () => {
    if (since === undefined) return;
    wasBusy ||= isBusy();
    for (const one of waiting) {
      if (one.isMet || !states[one.name]()) continue;
      one.isMet = true;
      const from = since;
      // a frame is on the screen when the task behind it runs
      requestAnimationFrame(() => setTimeout(() => one.resolve(performance.now() - from)));
    }
  };
  for (const event of ["click", "input", "change"])
    addEventListener(event, ({ timeStamp }) => (since ??= timeStamp), true);
  new MutationObserver(check).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
  wait(["drawn"]);
  globalThis.clock = {
    arm(names) {
      [before, wasBusy, since] = [figure(), false, undefined];
      wait(names);
    },
    times: async () => {
      const found = await Promise.all(waiting.map(async ({ name, ms }) => [name, await ms]));
      return Object.fromEntries(found);
    },
  };
})()`;
