import { readFileSync } from 'node:fs';
import path from 'node:path';
import { annotation } from '../../src/report/annotation';
import { GithubReporter } from '../../src/report/github';
import { codeBlock, escapeMarkdown } from '../../src/report/markdown';
import { BODIES, HOSTILE_BODIES, Sink, play } from './fixture';
import { expectGolden, inTemporaryFolder } from './golden';

async function run(bodies = BODIES): Promise<{ out: string; summary: string }> {
  const sink = new Sink();
  let summary = '';
  await inTemporaryFolder(async (folder) => {
    const stepSummary = path.join(folder, 'summary.md');
    await play([new GithubReporter({ out: sink, stepSummary })], bodies);
    summary = readFileSync(stepSummary, 'utf8');
  });
  return { out: sink.text, summary };
}

test('annotations and the step summary', async () => {
  const { out, summary } = await run();
  expectGolden('github-annotations.txt', out);
  expectGolden('github-summary.md', summary);
});

test('no step summary where no file is named', async () => {
  const sink = new Sink();
  await play([new GithubReporter({ out: sink })]);
  expect(sink.text).toContain('::error file=');
});

test('the step summary is added to what is there', async () => {
  await inTemporaryFolder(async (folder) => {
    const stepSummary = path.join(folder, 'summary.md');
    await play([new GithubReporter({ out: new Sink(), stepSummary })]);
    const once = readFileSync(stepSummary, 'utf8');
    await play([new GithubReporter({ out: new Sink(), stepSummary })]);
    expect(readFileSync(stepSummary, 'utf8')).toBe(once + once);
  });
});

test.each([
  ['a,b:c%d', 'm', '::error title=a%2Cb%3Ac%25d::m\n'],
  ['t', '100% :: a,b\r\nc\rd', '::error title=t::100%25 :: a,b%0Ac␍d\n'],
  ['t\n::set-output name=x::y', '::debug::x', '::error title=t␊%3A%3Aset-output name=x%3A%3Ay::::debug::x\n'],
])('%j, %j', (title, message, expected) => {
  expect(annotation({ title }, message)).toBe(expected);
});

test('hostile text never starts a command of its own', async () => {
  const { out } = await run(HOSTILE_BODIES);
  const lines = out.trimEnd().split(/[\r\n\u2028\u2029]/);
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toMatch(/^::error file=[^:]*,line=\d+,col=\d+,title=[^:]*::/);
});

test('hostile text never becomes markup', async () => {
  const { summary } = await run(HOSTILE_BODIES);
  const outside = summary.replace(/^(`{4,})text\n[^]*?\n\1$/gm, '');
  expect(outside).not.toMatch(/<script|`|@all|^::/m);
  const rows = outside.split('\n').filter((line) => line.startsWith('|'));
  // Four of cases and three of workloads, heads included: both tables are six columns wide.
  expect(rows).toHaveLength(7);
  for (const row of rows) expect(row.split('|')).toHaveLength(8);
});

test('Markdown', () => {
  expect(escapeMarkdown('a|b\n<i> `c` [d](e)')).toBe('a&#124;b␊&#60;i&#62; &#96;c&#96; &#91;d&#93;(e)');
  expect(codeBlock('a ```` b', 100)).toBe('`````text\na ```` b\n`````');
});
