/** Adding a verb costs its file and a line in `index.ts`: this fails when the line is missing. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { STEPS } from '../../src/steps';
import { MODIFIERS, RESERVED_ACTIONS, RESERVED_MODIFIERS } from '../../src/scenario/top-level';

const FOLDER = path.resolve(__dirname, '../../src/steps');

/** Everything that a file of steps exports and that is a step. */
function stepsIn(file: string): [name: string, step: unknown][] {
  const exported = jest.requireActual<Record<string, unknown>>(path.join(FOLDER, file));
  return Object.values(exported).flatMap((value): [string, unknown][] =>
    typeof value === 'object' && value !== null && 'bind' in value && 'retry' in value
      ? [[(value as unknown as { name: string }).name, value]]
      : [],
  );
}

const FILES = readdirSync(FOLDER).flatMap((name) => {
  if (name.endsWith('.ts')) return name === 'index.ts' ? [] : [name];
  return [path.join(name, 'index.ts')];
});

describe('the registry of steps', () => {
  it.each(FILES.map((file) => [file]))('has every step that %s defines', (file) => {
    for (const [name, step] of stepsIn(file))
      expect({ name, step: STEPS.get(name) === step }).toEqual({ name, step: true });
  });

  it('has nothing that no file defines', () => {
    expect([...STEPS.keys()].sort()).toEqual(FILES.flatMap((file) => stepsIn(file).map(([name]) => name)).sort());
  });

  it('is in alphabetical order, and complete: no two steps have one name', () => {
    expect([...STEPS.keys()]).toEqual([...STEPS.keys()].sort());
    const source = readFileSync(path.join(FOLDER, 'index.ts'), 'utf8');
    const listed =
      /new Map\(\s*\[([^\]]*)\]/
        .exec(source)?.[1]
        ?.split(',')
        .filter((name) => name.trim() !== '') ?? [];
    expect(listed).toHaveLength(STEPS.size);
  });

  it('has no name that is a modifier, and none that it reserves', () => {
    const modifiers = [...Object.keys(MODIFIERS.properties ?? {}), ...RESERVED_MODIFIERS.keys()];
    expect(modifiers.filter((name) => STEPS.has(name))).toEqual([]);
    expect([...RESERVED_ACTIONS].filter((name) => STEPS.has(name))).toEqual([]);
  });
});
