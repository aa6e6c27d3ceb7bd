/** Every scenario in the docs is one: a block of YAML with a name, members and steps has to be accepted as it stands. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { parse } from '../src/cli/args';
import { commandNamed } from '../src/cli/commands';
import { check } from '../src/library/check';
import { formatProblems } from '../src/problems';

const ROOT = path.resolve(__dirname, '..');

/** A comment in the first line names the file, for blocks that use each other: `# parts/up.yaml`. */
const NAMED = /^# (\S+\.ya?ml)$/;

interface Block {
  file: string;
  text: string;
}

/** The fenced blocks of YAML in a text that are scenarios or parts; others are pieces, or of somebody else's language. */
function blocksIn(markdown: string): Block[] {
  const found = [...markdown.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const isWhole = (text: string): boolean =>
    /^steps:/m.test(text) && (/^name:/m.test(text) || NAMED.test(firstLine(text)));
  return found
    .filter(isWhole)
    .map((text, i) => ({ file: NAMED.exec(firstLine(text))?.[1] ?? `block-${i + 1}.yaml`, text }));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** What is wrong with the scenarios of a text, with the lines of the blocks. */
async function problemsOf(blocks: readonly Block[]): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'docs-'));
  try {
    for (const { file, text } of blocks) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const { problems, remarks } = await check({ paths: ['.'], cwd: folder });
    return problems.length + remarks.length === 0 ? '' : `${formatProblems(problems)}${remarks.join('\n')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PAGES = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name): [string, Block[]] => [name, blocksIn(readFileSync(path.join(ROOT, name), 'utf8'))])
  .filter(([, blocks]) => blocks.length > 0);

it.each(PAGES)('the scenarios in %s are accepted as they stand', async (_, blocks) => {
  expect(await problemsOf(blocks)).toBe('');
});

it('finds scenarios, and what is wrong with them', async () => {
  expect(PAGES.map(([name]) => name)).toEqual(expect.arrayContaining(['README.md', 'docs/language.md']));
  const bad = blocksIn(
    'Text\n\n```yaml\nname: x\nmembers: 1\nsteps:\n  - kil: etcd-1\n```\n\n```yaml\n- kil: x\n```\n',
  );
  expect(bad).toHaveLength(1);
  expect(await problemsOf(bad)).toContain('there is no action `kil`');
});

/** The commands of ours in the jobs of docs/upgrades.md, what the CI puts in its place filled in. */
function commandsInJobs(): string[][] {
  const markdown = readFileSync(path.join(ROOT, 'docs/upgrades.md'), 'utf8');
  const jobs = [...markdown.matchAll(/^```yaml\n# (?:GitHub Actions|GitLab)\n(.*?)^```$/gms)].map(
    ([, text = '']) => text,
  );
  const lines = jobs.flatMap((text) => stringsIn(load(text))).flatMap((text) => text.split('\n'));
  return lines.flatMap((line) => {
    const [, command] = /npx etcd-scenarios (.*?)( > .*)?$/.exec(line) ?? [];
    if (command === undefined) return [];
    const filled = command
      .replaceAll(/\$\{\{ matrix\.to \}\}|\$TO\b/g, '3.6.16')
      .replaceAll(/\$\{\{ matrix\.drill \}\}|\$DRILL\b/g, 'rehearsal-back');
    return [filled.split(/\s+/)];
  });
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

it('what the CI jobs call is taken by the command line, and the drills are there', async () => {
  const commands = commandsInJobs();
  expect(commands.map(([name]) => name)).toEqual(['images', 'run', 'run']);
  for (const [name = '', ...argv] of commands) {
    const { usage } = (await commandNamed(name)?.usage()) ?? {};
    if (!usage) throw new Error(`no command ${name}`);
    const { paths } = parse(argv, usage);
    expect(paths.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  }
});
