// Sets of time, as lists of { from, to } in milliseconds.

/** In order, without overlap and without empty ones. */
export function union(intervals) {
  const merged = [];
  for (const { from, to } of intervals.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** What is in the first and not in the second. */
export function without(intervals, others) {
  let left = union(intervals);
  for (const other of union(others)) {
    left = left.flatMap(({ from, to }) => [
      { from, to: Math.min(to, other.from) },
      { from: Math.max(from, other.to), to },
    ]);
    left = union(left);
  }
  return left;
}

/** What is in both. */
export function within(intervals, { from, to }) {
  return union(intervals.map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) })));
}

export function length(intervals) {
  return union(intervals).reduce((sum, { from, to }) => sum + to - from, 0);
}
