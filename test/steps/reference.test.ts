/** The reference of the language: complete, current, and its examples are right. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from '../../src/library/load';
import { exampleDrill, topicOf, topics } from '../../src/library/reference';
import { stepsPage } from '../../src/library/steps-page';
import { editorSchema } from '../../src/scenario/editor-schema';
import { STEPS } from '../../src/steps';
import { ROWS } from '../../src/steps/expect';
import { problemsIn } from '../scenario/fixture';

const PAGE = path.resolve(__dirname, '../../docs/steps.md');

interface Described {
  description?: string;
  properties?: Record<string, Described>;
  items?: Described & { $ref?: string };
  additionalProperties?: Described | boolean;
  definitions?: { step: Described };
}

/** The keys below a schema that an editor has nothing to say about. */
function undescribed(schema: Described, at = ''): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [
    ...(inner.description === undefined ? [`${at}.${key}`] : []),
    ...undescribed(inner, `${at}.${key}`),
  ]);
  const { items, additionalProperties: rest } = schema;
  return [
    ...own,
    ...(items && items.$ref === undefined ? undescribed(items, `${at}[]`) : []),
    ...(typeof rest === 'object' ? undescribed(rest, `${at}.*`) : []),
  ];
}

test('every key has a description: it is the hover text in editors', () => {
  const schema = editorSchema() as Described;
  expect(undescribed(schema)).toEqual([]);
  expect(undescribed(schema.definitions?.step ?? {}, 'step')).toEqual([]);
});

test.each(
  [...STEPS.values()]
    .filter(({ exampleFiles }) => !exampleFiles)
    .map(({ name, example, exampleEtcd }) => [name, example, exampleEtcd] as const),
)('the example of %s is right, and shows it', (name, example, etcd) => {
  const drill = exampleDrill(example, etcd);
  expect(problemsIn(drill).filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(drill).toMatch(new RegExp(`^ *- ${name}:`, 'm'));
});

test.each([...STEPS.values()].filter(({ exampleFiles }) => exampleFiles).map((step) => [step.name, step] as const))(
  'the example of %s is right, with the files that it names',
  (_, { example, exampleFiles = {} }) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'reference-'));
    try {
      for (const [file, lines] of Object.entries({ ...exampleFiles, 'drill.yaml': [exampleDrill(example)] })) {
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), `${lines.join('\n')}\n`);
      }
      expect(load({ paths: ['drill.yaml'], cwd: folder }).scenarios).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test.each(ROWS.map(({ name, example }) => [name, example] as const))(
  'the example of the row %s is right',
  (name, example) => {
    expect(problemsIn(exampleDrill([`- expect: {${name}: ${example}}`]))).toEqual([]);
  },
);

test('docs/steps.md is current (UPDATE_GOLDEN=1 writes it)', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, stepsPage());
  expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : 'missing').toBe(stepsPage());
});

test('every argument of every action is in it, and each action has a heading that a link reaches', () => {
  for (const { name, args } of topics()) {
    const section = stepsPage().split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    for (const { name: argument } of args) expect(section).toContain(`| \`${argument}\` |`);
  }
});

test('a misspelt name is told, with the nearest', () => {
  expect(() => topicOf('restrat')).toThrow('there is no action "restrat"; did you mean restart?');
  expect(() => topicOf('zzz')).toThrow('there is no action "zzz"; `etcd-scenarios steps` lists them');
});
