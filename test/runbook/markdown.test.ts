import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { planCases } from '../../src/run/plan';
import { runbookMarkdown } from '../../src/runbook/markdown';
import { load } from '../scenario/fixture';

const ROOT = path.resolve(__dirname, '../..');

function runbookOf(file: string, version: string): string {
  const [scenario] = load(readFileSync(path.join(ROOT, file), 'utf8'), {}, file).scenarios;
  if (!scenario) throw new Error(`${file} has problems`);
  const [chosen] = planCases([scenario], { etcd: [version], defaultEtcd: [], repeat: 1 }).cases;
  if (!chosen) throw new Error(`${file} has no case`);
  return runbookMarkdown(chosen);
}

describe('a runbook', () => {
  it.each([
    ['scenarios/recovery/minority-without-data.yaml', '3.5.35'],
    ['scenarios/recovery/majority-from-snapshot.yaml', '3.6.16'],
    ['scenarios/recovery/majority-from-live-member.yaml', '3.5.35'],
    ['scenarios/recovery/force-new-cluster-fork.yaml', '3.3.25'],
    ['scenarios/membership/add-second.yaml', '3.4.23'],
    ['test/runbook/everything.yaml', '3.6.16'],
  ])('of %s for etcd %s reads as it should', (file, version) => {
    const golden = path.join(__dirname, 'golden', `${path.basename(file, '.yaml')}@${version}.md`);
    const actual = runbookOf(file, version);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, actual);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : `${golden} is missing: UPDATE_GOLDEN=1`).toBe(actual);
  });
});
