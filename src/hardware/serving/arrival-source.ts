import type { Request } from "./arrivals.ts";

/** Requests in the order in which they ask. */
export interface ArrivalSource {
  /** the request that asks next; undefined while none is known */
  readonly next: Request | undefined;
  /** whether requests are still to come, known ones and others */
  readonly isDone: boolean;
  /** Takes the next request. */
  take(): Request;
  /** Says that a request has been answered at a time, s. */
  answered(request: Request, now: number): void;
}

/** An open loop: requests ask at their times, whether earlier ones have been answered or not. */
export function openLoop(requests: readonly Request[]): ArrivalSource {
  let at = 0;
  return {
    get next() {
      return requests[at];
    },
    get isDone() {
      return at >= requests.length;
    },
    take: () => requests[at++]!,
    answered: () => undefined,
  };
}

/** Users of a closed loop. */
export interface Users {
  readonly count: number;
  /** from an answer to the user's next request, s; default: what the trace says, or 0 */
  readonly thinkSeconds?: number | undefined;
}

/** Requests by session, in order; a request without a session is one of its own. */
function sessionsOf(requests: readonly Request[]): Request[][] {
  const sessions = new Map<unknown, Request[]>();
  for (const request of requests) {
    const key = request.session ?? request;
    const own = sessions.get(key) ?? [];
    own.push(request);
    sessions.set(key, own);
  }
  return [...sessions.values()];
}

/**
 * A closed loop: each user asks, waits for the answer, thinks and asks again. A user takes one session after another, and
 * asks its requests in order; their times in the trace do not count.
 */
export function closedLoop(requests: readonly Request[], { count, thinkSeconds }: Users): ArrivalSource {
  const sessions = sessionsOf(requests);
  const waiting: Request[] = [];
  const rest = new Map<Request, readonly Request[]>();
  let [session, left] = [0, requests.length];

  /** The first of some requests asks at a time; then a user's next session begins. */
  function ask(own: readonly Request[], now: number): void {
    const [first, ...others] = own.length > 0 ? own : (sessions[session++] ?? []);
    if (first === undefined) return;
    const asked = { ...first, arrivalSeconds: now };
    rest.set(asked, others);
    const place = waiting.findIndex(({ arrivalSeconds }) => arrivalSeconds > now);
    waiting.splice(place === -1 ? waiting.length : place, 0, asked);
  }

  for (let user = 0; user < count; user++) ask([], 0);
  return {
    get next() {
      return waiting[0];
    },
    get isDone() {
      return left === 0;
    },
    take() {
      left--;
      return waiting.shift()!;
    },
    answered(request, now) {
      const own = rest.get(request)!;
      rest.delete(request);
      ask(own, now + (thinkSeconds ?? own[0]?.thinkSeconds ?? 0));
    },
  };
}
