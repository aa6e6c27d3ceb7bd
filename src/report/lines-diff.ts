/** Which lines two texts share: the longest common subsequence, for texts that a person can read. */

export interface DiffLine {
  mark: '-' | '+' | ' ';
  text: string;
}

/** Lines only in `before` are marked `-`, lines only in `after` `+`. */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  const lengths = commonLengths(before, after);
  const result: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const left = before[i];
    const right = after[j];
    if (left !== undefined && left === right) {
      result.push({ mark: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(lengths, i + 1, j) >= at(lengths, i, j + 1))) {
      result.push({ mark: '-', text: left });
      i++;
    } else if (right !== undefined) {
      result.push({ mark: '+', text: right });
      j++;
    }
  }
  return result;
}

/** `lengths[i][j]`: how many lines `before` from i and `after` from j have in common. */
function commonLengths(before: string[], after: string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] ?? [];
      row[j] =
        before[i] === after[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
