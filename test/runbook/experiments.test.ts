/**
 * The commands of "etcd clustering step by step", experiment by experiment, flag by flag. Three things are ours: members
 * listen on every address, where the document has 127.0.0.x because all run on one machine; an ID is looked up in
 * etcdctl's simple output, where the document's JSON has it rounded; and a snapshot is restored with the tool that the
 * run uses, etcdutl from 3.5 on, where the document still has etcdctl.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { allEntries, entriesOf } from '../../src/runbook/entries';
import { scenarioOf } from '../scenario/fixture';

const FOLDER = path.resolve(__dirname, '../../scenarios');

/** Every command of the runbook, each as its words in one line. */
function commandsOf(file: string, version = '3.5.35'): string[] {
  const scenario = scenarioOf(readFileSync(path.join(FOLDER, `${file}.yaml`), 'utf8'));
  return allEntries(entriesOf(scenario, version)).flatMap(({ instruction }) =>
    instruction.commands.map(({ text }) => text.replace(/\s*\\\n\s*/g, ' ')),
  );
}

const ONE = 'etcd-1=http://etcd-1:2380';
const TWO = 'etcd-1=http://etcd-1:2380,etcd-2=http://etcd-2:2380';
const THREE = 'etcd-1=http://etcd-1:2380,etcd-2=http://etcd-2:2380,etcd-3=http://etcd-3:2380';

/** `etcd` in the document's order of flags. */
function etcd(n: number, list: string, ...last: string[]): string {
  return [
    `etcd --name=etcd-${n}`,
    '--listen-peer-urls http://0.0.0.0:2380',
    '--listen-client-urls http://0.0.0.0:2379',
    `--initial-cluster ${list}`,
    `--initial-advertise-peer-urls http://etcd-${n}:2380`,
    `--advertise-client-urls http://etcd-${n}:2379`,
    ...last,
  ].join(' ');
}

const EXISTING = '--initial-cluster-state existing';
const ALL_THREE = [etcd(1, THREE), etcd(2, THREE), etcd(3, THREE)];

const ctl = (n: number, words: string): string => `etcdctl --endpoints=http://etcd-${n}:2379 ${words}`;
const add = (asked: number, n: number): string => ctl(asked, `member add etcd-${n} --peer-urls http://etcd-${n}:2380`);
const rm = (n: number): string => `rm -drf etcd-${n}.etcd`;
const restored = (n: number): string =>
  `etcdutl snapshot restore backup.db --name etcd-${n} --initial-cluster ${THREE} --initial-advertise-peer-urls http://etcd-${n}:2380`;

const EXPERIMENTS: Record<string, string[]> = {
  'bootstrap/first-member': [etcd(1, ONE), ctl(1, 'put foo bar')],
  'bootstrap/stray-second-cluster': [
    etcd(1, ONE),
    ctl(1, 'put foo bar'),
    etcd(2, 'etcd-2=http://etcd-2:2380'),
    ctl(2, 'get foo'),
  ],
  'bootstrap/both-new-mismatch': [etcd(1, ONE), etcd(2, TWO)],
  'bootstrap/existing-without-add': [etcd(1, ONE), etcd(2, TWO, EXISTING)],
  'membership/add-second': [etcd(1, ONE), add(1, 2), etcd(2, TWO, EXISTING), ctl(2, 'get foo')],
  'membership/add-third': [add(1, 3), etcd(3, THREE, EXISTING), ctl(3, 'get foo')],
  'bootstrap/static': [...ALL_THREE, rm(1), rm(2), rm(3), ...ALL_THREE],
  'recovery/minority-with-data': [...ALL_THREE, etcd(1, THREE)],
  'recovery/minority-without-data': [
    ...ALL_THREE,
    rm(1),
    etcd(1, THREE),
    ctl(2, 'member remove $memberid'),
    add(2, 1),
    etcd(1, THREE, EXISTING),
  ],
  'recovery/majority-with-data': [...ALL_THREE, etcd(2, THREE), etcd(3, THREE)],
  'recovery/majority-from-snapshot': [
    ctl(3, 'snapshot save backup.db'),
    ...[1, 2, 3].map(rm),
    ...[1, 2, 3].map(restored),
    ...ALL_THREE,
  ],
  'recovery/majority-from-live-member': [
    rm(2),
    rm(3),
    etcd(1, THREE, '--force-new-cluster'),
    add(1, 2),
    etcd(2, TWO, EXISTING),
    add(1, 3),
    etcd(3, THREE, EXISTING),
  ],
  'recovery/nothing-left': [...ALL_THREE, ...[1, 2, 3].map(rm), ...ALL_THREE],
};

describe('the commands of the experiment', () => {
  it.each(Object.entries(EXPERIMENTS))('%s', (file, expected) => {
    const commands = commandsOf(file);
    let from = 0;
    const found = expected.map((wanted) => {
      const at = commands.indexOf(wanted, from);
      if (at < 0) return `missing among ${JSON.stringify(commands.slice(from), null, 2)}: ${wanted}`;
      from = at + 1;
      return wanted;
    });
    expect(found).toEqual(expected);
  });

  it('looks up the ID of a member by name, without rounding it', () => {
    expect(commandsOf('recovery/minority-without-data')).toContain(
      `memberid=$(${ctl(2, 'member list')} | awk -F', ' '$3 == "etcd-1" || ($3 == "" && $4 == "http://etcd-1:2380") {print $1}')`,
    );
  });
});

describe('the tool and spelling of a version', () => {
  const restoring = (version: string): string | undefined =>
    commandsOf('recovery/majority-from-snapshot', version).find((one) => one.includes('snapshot restore'));

  it.each([
    ['3.3.25', 'ETCDCTL_API=3 etcdctl snapshot restore backup.db --name etcd-1 '],
    ['3.4.23', 'etcdctl snapshot restore backup.db --name etcd-1 '],
    ['3.5.35', 'etcdutl snapshot restore backup.db --name etcd-1 '],
    ['3.6.16', 'etcdutl snapshot restore backup.db --name etcd-1 '],
    ['3.7.3', 'etcdutl snapshot restore backup.db --name etcd-1 '],
  ])('restores with etcd %s by %s', (version, begin) => {
    expect(restoring(version)?.slice(0, begin.length)).toBe(begin);
  });

  it.each([
    ['3.3.25', 'ETCDCTL_API=3 etcdctl --endpoints=http://etcd-1:2379 put foo bar'],
    ['3.6.16', 'etcdctl --endpoints=http://etcd-1:2379 put foo bar'],
  ])('asks with etcd %s by %s', (version, put) => {
    expect(commandsOf('bootstrap/first-member', version)).toContain(put);
  });
});
