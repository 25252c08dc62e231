import { expect, it } from "vitest";
import { chooseShare, nameOfShare, parseShare } from "../../../src/runs/cluster/share.ts";
import { writeSubmission } from "../../../src/runs/cluster/submission.ts";
import { emptyFolder } from "../folder.ts";

it("reads shares, and refuses anything else", () => {
  expect(parseShare("3/16")).toEqual({ index: 3, count: 16 });
  for (const text of ["0/4", "5/4", "3", "a/b", "1/4/2", "-1/4", "1.5/4", ""])
    expect(() => parseShare(text), text).toThrow(/a share is i\/n .* got "/);
  expect(nameOfShare({ index: 3, count: 16 })).toBe("3-of-16");
  expect(nameOfShare({ index: 3, count: 16, submission: 2 })).toBe("submission-2-3-of-16");
});

it("takes the share of an array task or of an indexed job", () => {
  const folder = emptyFolder();
  writeSubmission(folder, 2, { shares: [["a"], ["b"], ["c"]] });
  const slurm = { SLURM_ARRAY_TASK_ID: "3" };
  expect(chooseShare(folder, { submission: 2 }, slurm)).toEqual({ index: 3, count: 3, submission: 2 });
  expect(chooseShare(folder, { submission: 2 }, { JOB_COMPLETION_INDEX: "0" })).toMatchObject({ index: 1 });
  expect(chooseShare(folder, { submission: 2, share: { index: 2, count: 3 } }, slurm)).toMatchObject({
    index: 2,
    submission: 2,
  });
  const array = { SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_MAX: "15", SLURM_ARRAY_TASK_COUNT: "16" };
  expect(chooseShare(folder, {}, { ...slurm, ...array })).toEqual({ index: 4, count: 16 });
});

it("refuses a share that it cannot know", () => {
  const folder = emptyFolder();
  writeSubmission(folder, 2, { shares: [["a"], ["b"]] });
  const sparse = { SLURM_ARRAY_TASK_MIN: "3", SLURM_ARRAY_TASK_MAX: "7", SLURM_ARRAY_TASK_COUNT: "2" };
  for (const [choice, env, message] of [
    [{}, {}, /give --share i\/n, or --submission/],
    [{}, { JOB_COMPLETION_INDEX: "3" }, /give --share i\/n, or --submission/],
    [{}, { SLURM_ARRAY_TASK_ID: "7", ...sparse }, /2 tasks with numbers from 3 to 7/],
    [{ submission: 2 }, {}, /neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX/],
    [{ submission: 2 }, { SLURM_ARRAY_TASK_ID: "3" }, /got "3\/2"/],
    [{ submission: 3 }, {}, /has no submission 3; it has 2/],
    [{ submission: 2, share: { index: 1, count: 5 } }, {}, /submission 2 has 2 shares; got --share 1\/5/],
  ] as const)
    expect(() => chooseShare(folder, choice, env)).toThrow(message);
});
