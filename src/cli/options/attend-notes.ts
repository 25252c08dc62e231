/** Help of `attnsim attend` below its options. */
export const attendNotes = `
Tensors are .npy or .safetensors (f16, bf16, f32, f64): q (queryHeads, Q, d), k and v (kvHeads, N, d). Query i stands
at position N - Q + i and sees the keys up to that position; scores are q.k / sqrt(d). v may be of another width than k.
A tensor may have a batch in front, (batch, heads, rows, d), of which --batch chooses a sequence. A .npy file may be in
Fortran order. A .safetensors file may hold several tensors: name one as file.safetensors:tensor. Without a name the
tensors q, k and v are taken.

A variant that chooses by a trained index has a stand-in for it. A capture of the model's own index takes its place, for
dsa and index-share: --index-q (indexHeads, Q, indexDim), --index-k (N, indexDim) and --gates, the weights of the index
heads (indexHeads, Q). \`attnsim describe\` says which tensors a variant takes; the numbers are used as they are.

In prefill the queries are the prompt's own; in decode they follow the prompt. The default is the phase in which the
variant does its own work: prefill for a pattern of prefill (vertical-slash, a-shape, tri-shape, flexprefill,
xattention), and for Q = N unless the variant reads its prompt densely (quest, snapkv) or the dtype rounds after it
(kivi2); otherwise decode.

Dense mass is the share of dense attention's weight on the rows that the variant read. Error is the distance between its
output and the dense output, divided by the length of the dense output.

--capture takes q, k and v as (layers, heads, tokens, d), of which the last --queries of each head are measured: the mean
and the spectrum of keys, the spread of logits, the strength of matches, retrieval heads, and what --variant (one or
several; default: six at a quarter of the tokens) loses on each head. It prints the parameters of the reader that is like
them; --out writes them as a file for \`attnsim run --config\`. One layer at a time is in memory. docs/capture.md has a
script that makes a capture.`;
