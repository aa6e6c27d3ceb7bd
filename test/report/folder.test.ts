import path from 'node:path';
import { caseLogs, folderName, logFile } from '../../src/report';
import { HOSTILE } from './fixture';

test.each([
  ['scenarios/recovery/minority.yaml@3.5.16', /^scenarios-recovery-minority\.yaml@3\.5\.16-[0-9a-f]{8}$/],
  ['../../etc/passwd', /^etc-passwd-[0-9a-f]{8}$/],
  ['..', /^case-[0-9a-f]{8}$/],
  ['', /^case-[0-9a-f]{8}$/],
  ['a\u0000b\u001b[2Jc', /^a-b-2Jc-[0-9a-f]{8}$/],
  ['con', /^_con-[0-9a-f]{8}$/],
  ['CON.yaml@3.5', /^_CON\.yaml@3\.5-[0-9a-f]{8}$/],
  ['com1.x', /^_com1\.x-[0-9a-f]{8}$/],
  ['console', /^console-[0-9a-f]{8}$/],
  ['C:\\x\\y', /^C-x-y-[0-9a-f]{8}$/],
  ['日本語/三人.yaml', /^yaml-[0-9a-f]{8}$/],
  ['a.b. /c.', /^a\.b-c-[0-9a-f]{8}$/],
])('%j', (id, expected) => {
  expect(folderName(id)).toMatch(expected);
});

test('long ids keep both ends', () => {
  const name = folderName(`${'a'.repeat(5000)}@3.5.16`);
  expect(name.length).toBeLessThanOrEqual(90);
  expect(name).toContain('@3.5.16-');
});

test('ids that differ only in case, or in what had to go, have folders of their own', () => {
  const ids = ['a/B.yaml', 'A/b.yaml', 'a-b.yaml', 'a/b.yaml', 'a\\b.yaml', 'a//b.yaml', 'a/./b.yaml'];
  expect(new Set(ids.map((id) => folderName(id).toLowerCase())).size).toBe(ids.length);
});

test('the same id has the same folder each time', () => {
  expect(caseLogs('x@1')).toBe(caseLogs('x@1'));
});

test('logs', () => {
  const folder = caseLogs('a.yaml@3.5');
  expect(logFile('a.yaml@3.5', 'etcd-1', 2)).toBe(`${folder}/etcd-1-2.log`);
  expect(logFile('a', 'ETCD-1', 1).toLowerCase()).not.toBe(logFile('a', 'etcd-1', 1).toLowerCase());
  expect(logFile('a', 'x/../y', 1)).not.toBe(logFile('a', 'x/y', 1));
  expect(path.basename(logFile('a', 'con.x', 1))).toBe(
    '_con.x-1.log'.replace('-1', `-${logFile('a', 'con.x', 1).slice(-14, -6)}-1`),
  );
});

test('hostile ids and members stay inside', () => {
  const file = path.resolve('/run', logFile(HOSTILE, HOSTILE, 1));
  expect(file).toMatch(/^\/run\/logs\/[A-Za-z0-9._@-]+\/[A-Za-z0-9._@-]+-1\.log$/);
});
