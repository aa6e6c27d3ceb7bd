import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { JunitReporter } from '../../src/report/junit';
import type { EventBody } from '../../src/events';
import { BODIES, HOSTILE_BODIES, play } from './fixture';
import { expectGolden, inTemporaryFolder } from './golden';
import { parseXml, schemaErrors, type Node } from './xml-check';

async function junitOf(bodies: EventBody[], places = true): Promise<string> {
  let text = '';
  await inTemporaryFolder(async (folder) => {
    await play([new JunitReporter({ folder, hostname: 'ci-1', places })], bodies);
    expect(readdirSync(folder)).toEqual(['junit.xml']);
    text = readFileSync(path.join(folder, 'junit.xml'), 'utf8');
  });
  return text;
}

function casesOf(root: Node): Node[] {
  return root.children.flatMap((suite) => suite.children);
}

test('the document', async () => {
  const xml = await junitOf(BODIES);
  expectGolden('junit.xml', xml);
  const root = parseXml(xml);
  expect(schemaErrors(root)).toEqual([]);
  expect(root.attributes).toMatchObject({ tests: '6', failures: '2', errors: '2' });
  expect(root.children.map(({ attributes }) => attributes.name)).toHaveLength(6);
});

test('verdicts as failure, error and skipped', async () => {
  const kinds = casesOf(parseXml(await junitOf(BODIES))).map(({ attributes, children }) => {
    const [first] = children.filter(({ name }) => name !== 'system-out');
    return [attributes.name, first?.name, first?.attributes.type];
  });
  expect(kinds).toEqual([
    ['Minority failure without data [etcd 3.5.35]', undefined, undefined],
    ['Restore with another token [etcd 3.6.1]', 'failure', 'expectation'],
    ['Upgrade one minor version [etcd 3.4.37]', 'error', 'environment'],
    ['A learner is promoted [etcd 3.3.27]', 'skipped', undefined],
    ['Two of three lose their disks [etcd 3.5.35]', 'error', 'interrupted'],
    ['Key survives a leader change [etcd 3.5.35]', 'failure', 'expectation'],
  ]);
});

test('a run that was cut off: what never ended is an error', async () => {
  const root = parseXml(await junitOf(BODIES.slice(0, 6)));
  expect(schemaErrors(root)).toEqual([]);
  expect(root.attributes).toMatchObject({ tests: '6', errors: '5' });
  const messages = casesOf(root).map(({ children }) => children[0]?.attributes.message);
  expect(messages[0]).toBe('the run ended while this was running');
  expect(messages[4]).toBe('the run ended before this was started');
});

test('without places, for the strict schema', async () => {
  const [first] = casesOf(parseXml(await junitOf(BODIES, false)));
  expect(Object.keys(first?.attributes ?? {})).toEqual(['name', 'classname', 'time']);
});

test('hostile text stays text', async () => {
  const xml = await junitOf(HOSTILE_BODIES);
  const root = parseXml(xml);
  expect(schemaErrors(root)).toEqual([]);
  expect(xml).not.toContain('<script');
  const texts = casesOf(root).flatMap(({ children }) => children.map(({ text }) => text));
  expect(texts.join('\n')).not.toMatch(/\[\[\s*ATTACHMENT\|/i);
  expect(casesOf(root)[0]?.attributes.name).toContain('<script>alert(1)</script>');
});

test('the checker sees what is wrong', () => {
  expect(() => parseXml('<a><b></a></b>')).toThrow();
  expect(() => parseXml('<a>&x;</a>')).toThrow();
  expect(() => parseXml('<a b="<"/>')).toThrow();
  expect(() => parseXml('<a>\u0001</a>')).toThrow();
  expect(schemaErrors(parseXml('<testsuites><testcase/></testsuites>'))).not.toEqual([]);
});
