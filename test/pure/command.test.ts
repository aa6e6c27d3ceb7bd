import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StartSpec } from '../../src/cluster/cluster';
import { dataDirOf, etcdCommand } from '../../src/cluster/command';
import { PLAIN } from '../../src/cluster/security';

const SPEC: StartSpec = {
  version: '3.5.35',
  flags: { 'snapshot-count': '5', 'initial-corrupt-check': 'true', 'compaction-batch-limit': '100' },
  initialCluster: ['etcd-1', 'etcd-2', 'etcd-3'].map((name) => ({ name, peerURL: `http://${name}:2380` })),
  initialClusterState: 'new',
  peerURL: 'http://etcd-1:2380',
  forceNewCluster: false,
  newAddress: false,
};

describe('the command line of a member', () => {
  it('is spelt as its version wants it', () => {
    const lines = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'].map((version) => {
      const flags = version === '3.3.25' ? { 'snapshot-count': '5', 'initial-corrupt-check': 'true' } : SPEC.flags;
      return `# ${version}\n${etcdCommand('etcd-1', { ...SPEC, version, flags }, PLAIN).join(' \\\n  ')}\n`;
    });
    const file = path.join(__dirname, 'golden/commands.txt');
    const actual = lines.join('\n');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : 'missing').toBe(actual);
  });

  const extra = (over: Partial<StartSpec>): string[] => {
    const usual = etcdCommand('etcd-1', SPEC, PLAIN);
    return etcdCommand('etcd-1', { ...SPEC, ...over }, PLAIN).filter((one) => !usual.includes(one));
  };

  it.each<[string, Partial<StartSpec>, string[]]>([
    ['a token', { initialClusterToken: 'other' }, ['--initial-cluster-token=other']],
    ['force-new-cluster', { forceNewCluster: true }, ['--force-new-cluster']],
    ['a state', { initialClusterState: 'existing' }, ['--initial-cluster-state=existing']],
    ['a list', { initialCluster: [{ name: 'a', peerURL: 'http://b:1' }] }, ['--initial-cluster=a=http://b:1']],
    [
      'a peer URL, listened to at its port',
      { peerURL: 'http://other:12380' },
      ['--listen-peer-urls=http://0.0.0.0:12380', '--initial-advertise-peer-urls=http://other:12380'],
    ],
    ['what is no URL as it stands', { peerURL: 'foo' }, ['--initial-advertise-peer-urls=foo']],
    ['another address: nothing of it', { newAddress: true }, []],
  ])('says %s', (_, over, expected) => {
    expect(extra(over)).toEqual(expected);
  });

  it('lets the author choose the logger of 3.4', () => {
    const command = (flags: Record<string, string>): string[] =>
      etcdCommand('etcd-1', { ...SPEC, version: '3.4.23', flags }, PLAIN).filter((one) => one.startsWith('--logger'));
    expect([command({}), command({ logger: 'capnslog' })]).toEqual([['--logger=zap'], ['--logger=capnslog']]);
  });

  it('speaks as `Security` says', () => {
    const urls = etcdCommand('etcd-1', SPEC, { scheme: 'https' }).filter((one) => /^--(listen|advertise)/.test(one));
    expect(urls.length).toBe(4);
    expect(urls.every((one) => one.includes('=https://'))).toBe(true);
  });

  it('keeps data in a folder of the volume, so that a restore finds none', () => {
    expect(dataDirOf('etcd-1')).toBe('/data/etcd-1.etcd');
  });
});
