/** What becomes of the etcds that people run: goldens beside the files that they are in. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spell } from '../../src/cluster/flags';
import { UsageError } from '../../src/errors';
import { importFlags } from '../../src/library/import';
import { wordsOf } from '../../src/library/import/from-text';
import { valueOf } from '../../src/scenario/node';
import { flagNameProblems } from '../../src/scenario/owned-flags';
import { parseDocument } from '../../src/scenario/parse';
import { SourceFile } from '../../src/source';

const FOLDER = path.join(__dirname, 'files');
const FILES = readdirSync(FOLDER).filter((name) => !name.endsWith('.out'));

function imported(name: string): string {
  return importFlags(readFileSync(path.join(FOLDER, name), 'utf8'), { file: name, to: '3.6.16' }).yaml;
}

describe('an etcd that somebody runs', () => {
  it.each(FILES)('in %s', (name) => {
    const golden = path.join(FOLDER, `${name}.out`);
    const yaml = imported(name);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, yaml);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'UPDATE_GOLDEN=1 writes it').toBe(yaml);
  });

  it.each(FILES)('in %s becomes flags that a drill takes', (name) => {
    const source = new SourceFile(name, imported(name));
    const root = parseDocument(source);
    const flags = root.kind === 'map' ? valueOf(root, 'flags') : undefined;
    expect(flagNameProblems(source, flags)).toEqual([]);
    if (flags?.kind !== 'map') throw new Error('no flags');
    const unheardOf = flags.entries.filter(({ key }) =>
      ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'].every((version) => 'lacking' in spell(version, key.text)),
    );
    expect(unheardOf).toEqual([]);
    expect(flags.entries.filter(({ value }) => value.kind !== 'scalar')).toEqual([]);
  });
});

it.each([
  ['a manifest of something else', 'kind: Pod\nspec: {containers: [{name: web, image: nginx, command: [nginx]}]}\n'],
  ['a unit of something else', '[Service]\nExecStart=/usr/bin/nginx -g daemon\n'],
  ['nothing', ''],
  ['prose', 'we run etcd on three machines\n'],
])('%s is told', (_, text) => {
  expect(() => importFlags(text, { file: 'x' })).toThrow(UsageError);
});

it.each<[string, string[]]>([
  [`a 'b c' "d \\"e" f\\ g`, ['a', 'b c', 'd "e', 'f g']],
  [`--a='b'c""  --d=`, ['--a=bc', '--d=']],
  [`  ''  "`, ['', '"']],
])('words of %s', (line, words) => {
  expect(wordsOf(line)).toEqual(words);
});

it('has flags given in several ways, and values that begin like nothing', () => {
  const { yaml } = importFlags(
    'etcd -snapshot-count 7 --pre-vote --auto-compaction-retention="5m" --metrics=extensive',
    {
      file: '-',
    },
  );
  expect(yaml).toContain(
    'flags:\n  snapshot-count: 7\n  pre-vote: true\n  auto-compaction-retention: 5m\n  metrics: extensive\n',
  );
});
