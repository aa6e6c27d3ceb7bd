/** Every problem of every file at once: of shape in one, of sense in another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { check, refuseErrors, type CheckedDrills } from '../src/library/check';
import { load } from '../src/library/load';
import { ScenarioError } from '../src/errors';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'check-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, ...steps: string[]): void {
  const list = steps.map((step) => `  - ${step}\n`).join('');
  writeFileSync(path.join(folder, name), `name: ${name}\nmembers: 3\nsteps:\n${list}`);
}

async function checked(etcd = ['3.4.23', '3.5.35']): Promise<CheckedDrills> {
  return check({ paths: ['.'], cwd: folder, etcd });
}

const told = ({ problems }: CheckedDrills): string[] =>
  problems.map(({ place, severity, message }) => `${place.file}:${place.line} ${severity}: ${message}`);

test('the good files are followed although others can not be read', async () => {
  write('a.yaml', 'start: all', 'kill: etcd-1', 'kill: etcd-1');
  write('b.yaml', 'stat: all', 'kil: etcd-1');
  write('c.yaml', 'start: all', 'expect: {healthy: all}');
  const result = await checked();
  expect(told(result)).toEqual([
    'a.yaml:1 warning: nothing in this drill compares anything: it passes whatever its steps lead to',
    'a.yaml:6 error: etcd-1 is not running here',
    'b.yaml:4 error: there is no action `stat`',
    'b.yaml:5 error: there is no action `kil`',
  ]);
  expect(result.files).toBe(3);
  expect(() => refuseErrors(result.problems)).toThrow(ScenarioError);
});

test('a problem that only some versions have says which', async () => {
  const when = 'kill: etcd-1\n    when: {etcd: "<3.5"}';
  const restore = 'restore: {member: etcd-1, snapshot: none}';
  write('a.yaml', 'start: all', when, 'kill: etcd-1', 'wipe: etcd-1', restore, 'expect: {healthy: [etcd-2]}');
  expect(told(await checked())).toEqual([
    'a.yaml:7 error: with etcd 3.4.23: etcd-1 is not running here',
    'a.yaml:9 error: no step before this one takes a snapshot "none"',
  ]);
  expect(told(await checked(['3.4.23']))[0]).toBe('a.yaml:7 error: etcd-1 is not running here');
});

test('warnings alone refuse nothing', async () => {
  write('a.yaml', 'start: all # etcd-scenarios-disable-line no-such-rule', 'expect: {healthy: all}');
  const { problems } = await checked();
  expect(problems.map(({ rule, severity }) => [rule, severity])).toEqual([['unknown-rule', 'warning']]);
  expect(() => refuseErrors(problems)).not.toThrow();
});

test('`load` refuses what can not be read', () => {
  write('a.yaml', 'stat: all');
  expect(() => load({ paths: ['.'], cwd: folder })).toThrow(ScenarioError);
});
