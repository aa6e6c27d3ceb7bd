/** What versions there are: the cache, Go's list, a registry on this machine, and one that never answers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { availableVersions } from '../src/cluster/docker/images/available';
import { listedVersions } from '../src/cluster/docker/images/buildable';
import { versionOfReference } from '../src/cluster/docker/images/names';
import { publishedTags } from '../src/cluster/docker/images/registry';
import { remembered } from '../src/cluster/docker/images/remembered';
import { EnvironmentError } from '../src/errors';

const never = new AbortController().signal;
let folder: string;
const servers: Server[] = [];

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-test-'))));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/coreos/etcd`;
}

describe('a registry', () => {
  it('is asked page by page; pre-releases and other architectures do not count', async () => {
    const asked: string[] = [];
    const repository = await registry(({ url = '' }, response) => {
      asked.push(url);
      if (!url.includes('last=')) response.setHeader('link', '</v2/coreos/etcd/tags/list?last=v3.5.2>; rel="next"');
      const tags = url.includes('last=') ? ['v3.6.0', 'latest'] : ['v3.5.1', 'v3.5.1-arm64', 'v3.5.2', 'v3.6.0-rc.1'];
      response.end(JSON.stringify({ name: 'coreos/etcd', tags }));
    });
    const found = await publishedTags(never, [repository]);
    expect(found.map(({ version }) => version)).toEqual(['3.5.1', '3.5.2', '3.6.0']);
    expect(found[0]?.what).toMatch(/^127\.0\.0\.1:\d+\/coreos\/etcd:v3\.5\.1$/);
    expect(asked).toEqual(['/v2/coreos/etcd/tags/list', '/v2/coreos/etcd/tags/list?last=v3.5.2']);
  });

  it('that never answers is given up, and another one counts', async () => {
    const [deaf, good] = [
      await registry(() => undefined),
      await registry((_, response) => response.end(JSON.stringify({ tags: ['v3.5.1'] }))),
    ];
    expect(await publishedTags(never, [deaf, good])).toHaveLength(1);
    await expect(publishedTags(never, [deaf])).rejects.toThrow(/none could be reached .*no answer within 4 s/);
  }, 60_000);

  it('that refuses is told with what it said', async () => {
    const repository = await registry((_, response) => response.writeHead(401).end());
    await expect(publishedTags(never, [repository])).rejects.toThrow(/it answered 401/);
  });
});

describe('go list -m -versions', () => {
  const listed = [
    'go.etcd.io/etcd/server/v3 v3.5.0-alpha.0 v3.5.0 v3.5.16 v3.5.23 v3.6.0-rc.1 v3.6.0',
    'go.etcd.io/etcd/etcdctl/v3 v3.5.0 v3.6.0',
    'go.etcd.io/etcd/etcdutl/v3 v3.5.0 v3.5.16 v3.6.0',
  ];

  it('has what all three modules list, and what only some do', () => {
    expect(listedVersions(listed.join('\n'))).toEqual({ all: ['3.5.0', '3.6.0'], some: ['3.5.16', '3.5.23'] });
    expect(listedVersions(listed.slice(0, 2).join('\n')).all).toEqual([]);
  });
});

describe('an answer of the network', () => {
  it('is kept for hours, a failure for minutes', async () => {
    let asked = 0;
    const hour = 3_600_000;
    const ask = (at: number, fail = false): Promise<number> =>
      remembered(
        folder,
        'x',
        () => (fail ? Promise.reject(new EnvironmentError('gone')) : Promise.resolve(++asked)),
        at,
      );
    expect([await ask(0), await ask(hour), await ask(13 * hour)]).toEqual([1, 1, 2]);
    await expect(ask(30 * hour, true)).rejects.toThrow('gone');
    await expect(ask(30 * hour + 60_000)).rejects.toThrow('gone');
    expect(await ask(30 * hour + 6 * 60_000)).toBe(3);
  });

  it('is asked anew where the file is damaged, and where the folder can not be written', async () => {
    writeFileSync(join(folder, 'versions-x.json'), '{"at":');
    expect(await remembered(folder, 'x', () => Promise.resolve(7))).toBe(7);
    expect(readFileSync(join(folder, 'versions-x.json'), 'utf8')).toContain('7');
    writeFileSync(join(folder, 'file'), '');
    expect(await remembered(join(folder, 'file', 'below'), 'x', () => Promise.resolve(8))).toBe(8);
  });
});

describe('an image’s name', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['localhost/etcd:3.5.35', undefined, '3.5.35'],
    ['quay.io/coreos/etcd:v3.5.1', undefined, '3.5.1'],
    ['gcr.io/etcd-development/etcd:v3.6.0-rc.1', undefined, '3.6.0-rc.1'],
    ['quay.io/coreos/etcd:3.5.1', undefined, undefined],
    ['localhost/etcd:latest', undefined, undefined],
    ['mine/etcd:3.5.1-0', 'mine/etcd:{version}-0', '3.5.1'],
    ['localhost/etcd:3.5.1', 'mine/etcd:{version}-0', undefined],
    ['mine/etcd:fixed', 'mine/etcd:fixed', undefined],
  ])('%s with --image %s stands for %s', (reference, template, version) => {
    expect(versionOfReference(reference, template)).toBe(version);
  });
});

describe('everything together', () => {
  const engineWith = (...tags: string[]): Dockerode =>
    ({ listImages: () => Promise.resolve([{ RepoTags: tags }, { RepoTags: null }]) }) as unknown as Dockerode;

  function cacheWith(kept: Record<string, unknown>): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'etcd-3.4.23-linux-amd64.tar.sha256'), '');
    writeFileSync(join(folder, 'etcd-3.5.0-linux-amd64.tar'), 'half: it has no checksum');
    for (const [name, answer] of Object.entries(kept)) {
      writeFileSync(join(folder, `versions-${name}.json`), JSON.stringify({ at: Date.now(), answer }));
    }
  }

  it('is in the order of versions, nearest origin first', async () => {
    cacheWith({
      buildable: [
        { version: '3.10.0', what: 'Go modules' },
        { version: '3.4.23', what: 'Debian’s packages' },
      ],
      pullable: [{ version: '3.4.23', what: 'registry' }],
    });
    const { versions, remarks } = await availableVersions(
      engineWith('localhost/etcd:3.4.23', 'other:1'),
      { pull: 'missing', cacheDir: folder },
      never,
    );
    expect(versions.map(({ version, from }) => [version, ...from.map(({ origin }) => origin)])).toEqual([
      ['3.4.23', 'present', 'cache', 'pull', 'build'],
      ['3.10.0', 'build'],
    ]);
    expect(remarks).toEqual([]);
  });

  it('says what was not looked at', async () => {
    cacheWith({ buildable: [] });
    const { versions, remarks } = await availableVersions(undefined, { pull: 'never', cacheDir: folder }, never);
    expect(versions.map(({ version }) => version)).toEqual(['3.4.23']);
    expect(remarks).toEqual(['the engine was not asked', 'image registries were not asked (--pull never)']);
  });

  it('is only what looks like --image where that names images', async () => {
    const engine = engineWith('mine/etcd:3.5.1-0', 'localhost/etcd:3.4.23');
    const options = { pull: 'missing', image: 'mine/etcd:{version}-0', cacheDir: folder } as const;
    const { versions, remarks } = await availableVersions(engine, options, never);
    expect(versions.map(({ version }) => version)).toEqual(['3.5.1']);
    expect(remarks).toEqual(['only images like mine/etcd:{version}-0 count (--image)']);
  });
});
