import { selectionOf } from '../cluster/selection';

const DRILLS = Array.from({ length: 30 }, (_, i) => `upgrade/drill-${i}.yaml`);

describe('the selection of a long suite', () => {
  it('has as many as asked for, in their order', () => {
    const chosen = selectionOf(DRILLS, 8, 'a commit');
    expect(chosen).toHaveLength(8);
    expect(chosen).toEqual(DRILLS.filter((drill) => chosen.includes(drill)));
  });

  it('is the same for the same commit', () => {
    expect(selectionOf(DRILLS, 8, 'a commit')).toEqual(selectionOf([...DRILLS].reverse(), 8, 'a commit').reverse());
  });

  it('comes to every drill within a number of commits', () => {
    const commits = Array.from({ length: 40 }, (_, i) => `commit ${i}`);
    const seen = new Set(commits.flatMap((seed) => selectionOf(DRILLS, 8, seed)));
    expect(seen.size).toBe(DRILLS.length);
  });

  it('is everything where that many are asked for', () => {
    expect(selectionOf(DRILLS, 99, 'a commit')).toEqual(DRILLS);
  });
});
