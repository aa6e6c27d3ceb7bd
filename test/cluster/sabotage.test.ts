/**
 * Every shipped drill goes red when its decisive step is sabotaged: a drill that passes whatever happens shows nothing.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { filesUnder, runDrills, told, type DrillRun } from './helpers';
import { FOLDER, sabotaged, SABOTAGES } from './sabotages';
import { chosenOf } from './selection';

/** Those of the upgrade suite take long: a part of them that changes with the commit. */
const upgrades = Object.keys(SABOTAGES).filter((name) => SABOTAGES[name]?.drill.startsWith('upgrade/'));
const chosen = chosenOf(upgrades, 6, 'sabotages of the upgrade suite');
const RUN = Object.entries(SABOTAGES).filter(([name]) => !upgrades.includes(name) || chosen.includes(name));

let ran: DrillRun;

beforeAll(async () => {
  const texts = RUN.map(([name, sabotage]) => [name, sabotaged(sabotage)]);
  ran = await runDrills(Object.fromEntries(texts) as Record<string, string>);
}, 900_000);

test('every shipped drill is sabotaged somewhere, by us or by an etcd that it is known to fail on', () => {
  const isKnownToFail = (file: string): boolean => /^knownFailing:/m.test(readFileSync(file, 'utf8'));
  const shipped = filesUnder(FOLDER)
    .filter((file) => file.endsWith('.yaml') && !isKnownToFail(file))
    .map((file) => relative(FOLDER, file));
  const covered = new Set(Object.values(SABOTAGES).map(({ drill }) => drill));
  expect(shipped.filter((drill) => !covered.has(drill))).toEqual([]);
});

describe('a sabotaged drill goes red for that reason and no other:', () => {
  test.each(RUN.map(([name, sabotage]) => [sabotage.drill, name, sabotage] as const))('%s: %s', (_, name, sabotage) => {
    const found = ran.case(name);
    const { failure } = found;
    expect(found.verdict).toBe('failed');
    if (typeof sabotage.message === 'string') expect(failure.message).toContain(sabotage.message);
    else expect(failure.message).toMatch(sabotage.message);
    const expected = (sabotage.comparisons ?? []).map((one) =>
      typeof one === 'string' ? one : (expect.stringMatching(one) as string),
    );
    expect(told(failure.comparisons)).toEqual(expected);
    expect(found.yaml.split('\n')[(failure.step?.place.line ?? 0) - 1]).toContain(sabotage.at);
    expect(found.finished.further).toEqual([]);
  });
});
