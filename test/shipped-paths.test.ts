import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../src/library/load';

describe('a path of a drill that ships', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'shipped-paths-'));
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));
  const names = (path: string): string[] => {
    const { scenarios, remarks } = load({ paths: [path], cwd });
    return [...scenarios.map(({ name }) => name), ...remarks];
  };

  it('means the one that ships where the reader has none, and says so', () => {
    expect(names('scenarios/upgrade/rehearsal.yaml')).toEqual([
      'Rehearsal of an upgrade',
      'no scenarios/upgrade/rehearsal.yaml here: it is the one that ships with etcd-scenarios',
    ]);
  });

  it('means the reader’s own where there is one', () => {
    mkdirSync(join(cwd, 'scenarios/upgrade'), { recursive: true });
    writeFileSync(
      join(cwd, 'scenarios/upgrade/rehearsal.yaml'),
      'name: My own\nmembers: 1\nsteps:\n  - start: etcd-1\n  - expect: {healthy: all}\n',
    );
    expect(names('scenarios/upgrade/rehearsal.yaml')).toEqual(['My own']);
  });

  it('is beside all the others with --shipped, whatever the reader has', () => {
    const found = load({ shipped: true, cwd }).scenarios.map(({ name }) => name);
    expect(found).toContain('Rehearsal of an upgrade');
    expect(found).not.toContain('My own');
    expect(() => load({ shipped: true, paths: ['a.yaml'], cwd })).toThrow('"a.yaml" is too much');
  });

  it('is none where nothing of the kind ships, or it leads out of there', () => {
    expect(() => names('scenarios/nothing.yaml')).toThrow('there is no file or folder scenarios/nothing.yaml');
    expect(() => names('scenarios/../package.json')).toThrow('there is no file or folder');
  });
});
