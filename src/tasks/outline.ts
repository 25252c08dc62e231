/** A graph walk as the mean field draws it. */
export interface WalkOutline {
  readonly kind: "graph-walk";
  /** tokens of the prompt */
  readonly tokens: number;
  /** tokens before the first edge */
  readonly head: number;
  /** tokens behind the last edge */
  readonly tail: number;
  readonly nodes: number;
  /** edges out of every node */
  readonly degree: number;
  /** whether edges are walked against their direction, as from a node to its parents */
  readonly backwards: boolean;
  readonly hops: number;
  /** mean tokens of an edge's line, without its line break */
  readonly recordTokens: number;
  /** mean tokens that spell the node at the other end of an edge; 0 where its anchor tells it */
  readonly spelledTokens: number;
}

/** Counting and retrieval as the mean field draws them. */
export interface CountOutline {
  readonly kind: "count-retrieve";
  /** tokens of the prompt */
  readonly tokens: number;
  /** tokens before the first request */
  readonly head: number;
  /** number of all requests */
  readonly requests: number;
  /** number of requests identical to the one asked for */
  readonly needles: number;
  /** share of the other requests that match by half: the format or the topic alone */
  readonly halfMatches: number;
  readonly requestTokens: number;
  readonly responseTokens: number;
  /**
   * the opening that a reply is read by: for each of its tokens, but for blanks, the chance that a reply to the same
   * request begins with the same tokens before it
   */
  readonly alikeOpenings: readonly number[];
  /** mean score of another message than the one asked for */
  readonly wrongScore: number;
}

/** A problem without its text: all that the mean field knows of it. */
export type Outline = WalkOutline | CountOutline;
