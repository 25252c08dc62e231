import { int, real } from "../../core/params.ts";

const share = (doc: string, value: number) => real(doc, { default: value, min: 0, max: 1 });

/**
 * Keys and prefill queries that follow the text of the prompt: alike tokens have alike keys, rare ones stand out, near
 * ones come first, and answers are read token by token. The parts of a key are shares of its variance; what they leave
 * is noise.
 */
export const text = {
  name: "text",
  summary: "keys follow the prompt's tokens, and answers are read token by token",
  sources: [
    {
      title: "KV-CoRE: Benchmarking Data-Dependent Low-Rank Compressibility of KV-Caches in LLMs",
      url: "https://arxiv.org/abs/2602.05929",
      where: "keys of real models lie in few directions",
    },
    {
      title: "KeyDiff: Key Similarity-Based KV Cache Eviction for Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2504.15364",
      where: "section 3: most keys resemble their mean",
    },
    {
      title:
        "InfiniGen: Efficient Generative Inference of Large Language Models with Dynamic KV Cache Management",
      url: "https://arxiv.org/abs/2406.19707",
      where: "section 4.2: a few columns of turned queries decide a score",
    },
    {
      title: "Retrieval Head Mechanistically Explains Long-Context Factuality",
      url: "https://arxiv.org/abs/2404.15574",
      where: "heads that copy an answer token by token",
    },
    {
      title: "In-context Learning and Induction Heads",
      url: "https://arxiv.org/abs/2209.11895",
      where: "a token's key holds the tokens before it",
    },
    {
      title: "Round and Round We Go! What makes Rotary Positional Encodings useful?",
      url: "https://arxiv.org/abs/2410.06205",
      where: "heads attend by position through the fast channels; the slow ones carry content",
    },
    {
      title: "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression",
      url: "https://arxiv.org/abs/2406.11430",
      where: "section 2: keys that get much attention are short",
    },
    {
      title: "Q-Filters: Leveraging QK Geometry for Efficient KV Cache Compression",
      url: "https://arxiv.org/abs/2503.02812",
      where: "section 3: along one direction queries and keys of a head lie on opposite sides of 0",
    },
    {
      title: "When Attention Sink Emerges in Language Models: An Empirical View",
      url: "https://arxiv.org/abs/2410.10781",
      where: "the first token: a short key in a direction of its own, and hardly any value",
    },
    {
      title: "Why do LLMs attend to the first token?",
      url: "https://arxiv.org/abs/2504.02732",
      where: "sinks of the Llama 3.1 family, stronger in larger models",
    },
    {
      title: "Efficient Streaming Language Models with Attention Sinks",
      url: "https://arxiv.org/abs/2309.17453",
      where: "section 3: a model collapses where its first tokens are evicted",
    },
    {
      title:
        "Attention Score is Not All You Need for Token Importance Indicator in KV Cache Reduction: Value Also Matters",
      url: "https://arxiv.org/abs/2406.12335",
      where: "lengths of values differ from token to token",
    },
  ],
  params: {
    mean: share("share of a key's variance that all keys of a head have in common", 0.3),
    kind: share("share that words, numbers and codes, marks, and blanks each have in common", 0.1),
    token: share("share that equal tokens have in common", 0.1),
    context: share("share that tokens after the same five tokens have in common", 0.3),
    subject: share("share that tells what a record is about", 0.15),
    directions: int("directions that queries of a head look along; 0: all that it has", {
      default: 0,
      min: 0,
      max: 1024,
    }),
    fade: real("tokens of an answer over which the subject fades from their keys", {
      default: 3,
      min: 0.1,
      max: 1000,
    }),
    salience: real("how far numbers, codes and answers stand out, in standard deviations of all tokens", {
      default: 4,
      min: 0,
      max: 100,
    }),
    opinion: share(
      "share of a head's own view in the variance of salience; the rest all heads see alike",
      0.7,
    ),
    gather: real("logit that a standard deviation of salience is worth to the last query of the context", {
      default: 2.5,
      min: 0,
      max: 100,
    }),
    divide: real("how fast a longer word divides what it stands out by, per unit of logarithm", {
      default: 1.5,
      min: 0,
      max: 10,
    }),
    aversion: real("logit that every query takes from a key for the mean of all keys", {
      default: 8,
      min: 0,
      max: 100,
    }),
    familiar: real("part by which the mean is longer in tokens that the text has had before", {
      default: 0.3,
      min: 0,
      max: 10,
    }),
    modest: share("part by which the mean is shorter in tokens that stand out in full", 0.2),
    sink: real(
      "length of the first token's key, against the mean and as a multiple of it; 0: a token like others",
      {
        default: 1.5,
        min: 0,
        max: 10,
      },
    ),
    idle: real("heads that rest on the first token, for each head that reads", {
      default: 8,
      min: 0,
      max: 1000,
    }),
    drain: share(
      "part by which values of words are shorter than those of numbers and codes; of marks, twice over",
      0.15,
    ),
    glance: share("share of it that is left in the queries before", 0),
    seldom: share("share of the queries before that look for what stands out as the last one does", 0.05),
    guess: share(
      "projection that a token of the model's own guess has: an answer's token below it is not written",
      0.4,
    ),
    headFall: share(
      "strength of a head in the readout, as a share of the one before: heads that retrieve are few",
      0.75,
    ),
    headSpread: real("standard deviation of the logarithm of a head's gain", {
      default: 0.7,
      min: 0,
      max: 10,
    }),
    locality: real("logit that the nearest keys have before the farthest, in prefill", {
      default: 24,
      min: 0,
      max: 100,
    }),
    reach: real("tokens in which the slowest channels of position turn by a radian", {
      default: 1000,
      min: 1,
      max: 1e9,
    }),
    waver: real("standard deviation of a key's position channels, where position has a length of 1", {
      default: 0.25,
      min: 0,
      max: 10,
    }),
    induction: real("logit of tokens that follow the same five tokens as the query's next one, in prefill", {
      default: 4,
      min: 0,
      max: 100,
    }),
    unrest: real("standard deviation of the logits of a prefill query that nothing above explains", {
      default: 1.2,
      min: 0,
      max: 100,
    }),
  },
} as const;
