/** What a person is told who wrote something wrong: every text is in `bad/*.err`, beside the file that it is about. */
import path from 'node:path';
import { formatProblems } from '../../src/problems';
import { formatPlace, type Place } from '../../src/source';
import { expectGolden, filesIn, problemsIn } from './fixture';

/** Where the repository lies differs from machine to machine. */
const ROOT = path.resolve(__dirname, '../..');
const BAD = filesIn('bad');
const GOOD = filesIn('good');

describe('a bad file', () => {
  it.each(BAD)('%s is refused, with these words', (name, text) => {
    const problems = problemsIn(text, `${name}.yaml`);
    expect(problems.length).toBeGreaterThan(0);
    expectGolden(`bad/${name}.err`, formatProblems(problems).replaceAll(ROOT, '/the/repository'));
  });

  it.each(BAD)('%s gets no two messages for one place', (name, text) => {
    const places = problemsIn(text).map(({ place, message }) => `${formatPlace(place)} ${placeless(message)}`);
    expect(places).toEqual([...new Set(places)]);
  });

  it.each(BAD)('%s gets its messages in the order of the file, each with the source line and a caret', (name, text) => {
    const problems = problemsIn(text);
    const offsets = problems.map(({ place, usedAt = [] }) => usedAt.at(-1) ?? place).map(offsetOf);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    for (const { place, frame = '', message, hint = '' } of problems) {
      expect(frame).toMatch(new RegExp(`^> *${place.line} \\|`, 'm'));
      expect(frame).toMatch(/^ +\| +\^+$/m);
      expect(`${message}${hint}`).not.toMatch(/[\n\t]|undefined|\[object/);
    }
  });

  it('has a neighbour that is accepted', () => {
    expect(GOOD.map(([name]) => name)).toEqual(BAD.map(([name]) => name));
  });
});

describe('its neighbour', () => {
  it.each(GOOD)('%s is accepted', (_, text) => {
    expect(formatProblems(problemsIn(text))).toBe(formatProblems([]));
  });
});

const offsetOf = ({ line, column }: Place): number => line * 10_000 + column;

/** Two names in one text may both be unknown: those are two mistakes at one place. */
function placeless(message: string): string {
  return /no step before|there is no variable|is nothing/.test(message) ? message : '';
}
