/** What becomes of the etcds that people run: goldens beside the files that they are in, and variants of each kind. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ScenarioError, UsageError } from '../../src/errors';
import { importFlags, type Imported } from '../../src/library/import';
import { flagNameProblems } from '../../src/scenario/owned-flags';
import { valueOf } from '../../src/scenario/node';
import { parseDocument } from '../../src/scenario/parse';
import { SourceFile } from '../../src/source';
import { VARIANTS } from './variants';

const textsIn = (folder: string): [name: string, text: string][] =>
  readdirSync(path.join(__dirname, folder))
    .filter((name) => !name.endsWith('.out'))
    .map((name) => [name, readFileSync(path.join(__dirname, folder, name), 'utf8')]);

const FILES = textsIn('files');
const CASES = textsIn('cases');
const INPUTS: [name: string, text: string][] = [
  ...FILES,
  ...CASES,
  ...VARIANTS.map(({ file, text }): [string, string] => [file, text]),
];

/** The comment lines of a result. */
function commentsOf({ yaml }: Imported): string[] {
  return yaml.split('\n').filter((line) => line.startsWith('#   '));
}

describe('an etcd that somebody runs', () => {
  it.each(FILES)('in %s', (name, text) => {
    const golden = path.join(__dirname, 'files', `${name}.out`);
    const { yaml } = importFlags(text, { file: name, to: '3.6.16' });
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, yaml);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'UPDATE_GOLDEN=1 writes it').toBe(yaml);
  });
});

describe('flags and version of', () => {
  const quota = { 'quota-backend-bytes': '8589934592' };
  const right: Record<string, [flags: Record<string, string>, from: string | undefined, listed: string[]]> = {
    'args-only.yaml': [{ ...quota, 'snapshot-count': '5000', 'heartbeat-interval': '250' }, '3.5.16', ['data-dir']],
    'backup-first.yaml': [quota, '3.5.16', ['data-dir', '--interval', '--log-level']],
    'chown-init.yaml': [quota, '3.5.16', ['data-dir']],
    'closing-bracket-in-column-0.yml': [quota, undefined, ['name', 'data-dir', 'cipher-suites']],
    'compose-env-only.yml': [
      { 'auto-compaction-mode': 'revision', 'auto-compaction-retention': '1000', ...quota },
      '3.5.12',
      ['ETCD_NAME', 'ETCD_LISTEN_PEER_URLS', 'ETCD_INITIAL_CLUSTER', 'ETCD_INITIAL_CLUSTER_STATE', '--etcd'],
    ],
    'config-file-only.yaml': [{}, '3.5.13', ['config-file: /var/lib/rancher/rke2/server/db/etcd/config']],
    'default-etcd-opts.env': [
      { ...quota, 'auto-compaction-retention': '8', 'max-request-bytes': '10485760', 'snapshot-count': '5000' },
      undefined,
      ['ETCD_NAME', 'ETCD_DATA_DIR', 'ETCD_OPTS'],
    ],
    'k3s-config.yaml': [{ ...quota, 'heartbeat-interval': '500', 'election-timeout': '5000' }, undefined, []],
    'kubeadm-cluster-configuration.yaml': [
      { ...quota, 'auto-compaction-retention': '8' },
      '3.5.16',
      ['etcd.local.dataDir'],
    ],
    'late-3.4-flag.txt': [
      {
        'next-cluster-version-compatible': 'true',
        'initial-election-tick-advance': 'false',
        'pre-vote': 'true',
      },
      '3.4.31',
      ['name', 'experimental-peer-skip-client-san-verification'],
    ],
    'multi-document.yaml': [
      {
        ...quota,
        'auto-compaction-mode': 'periodic',
        'auto-compaction-retention': '10m',
        'snapshot-count': '5000',
      },
      '3.5.9',
      ['data-dir', 'name: $(POD_NAME)', 'envFrom configMapRef etcd-settings', 'POD_NAME'],
    ],
    'one-flag-a-line.txt': [{ ...quota, 'snapshot-count': '5000', 'enable-v2': 'true' }, undefined, []],
    'shell-lines.yaml': [
      quota,
      '3.5.9',
      ['name: ${HOSTNAME}', 'auto-compaction-retention: $(RETENTION)', 'data-dir', '--write-out'],
    ],
    'shell-then.yaml': [{ ...quota, 'snapshot-count': '5000' }, '3.5.9', ['--retry', '--max-wals']],
    'unit-bash.service': [quota, undefined, ['GOMAXPROCS: $(nproc)']],
    'unit-comment-in-continuation.service': [
      { 'quota-backend-bytes': '4294967296', 'max-wals': '9' },
      undefined,
      ['name'],
    ],
    'unit-documentation.service': [quota, undefined, ['name', 'data-dir']],
  };

  it.each(CASES)('%s', (name, text) => {
    const [flags, from, listed] = right[name] ?? [];
    const imported = importFlags(text, { file: name });
    expect(imported.flags).toEqual(flags);
    expect(imported.from).toBe(from);
    const comments = commentsOf(imported);
    expect(listed?.filter((one) => !comments.some((line) => line.includes(one)))).toEqual([]);
  });

  it.each(VARIANTS.map((variant) => [variant.kind, variant.file, variant] as const))('%s: %s', (_, file, variant) => {
    const imported = importFlags(variant.text, { file });
    expect(imported.flags).toEqual(variant.flags);
    expect(imported.from).toBe(variant.from);
    const comments = commentsOf(imported);
    expect(variant.listed?.filter((one) => !comments.some((line) => line.includes(one))) ?? []).toEqual([]);
    expect(variant.warned?.filter((one) => !imported.warnings.some((said) => said.includes(one))) ?? []).toEqual([]);
  });
});

describe('nothing is lost', () => {
  it.each(INPUTS)('of %s: every flag and variable is taken over or listed', (name, text) => {
    const { yaml } = importFlags(text, { file: name });
    const names = [...text.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)|\b(ETCD_[A-Z0-9_]+)/g)].map(
      ([, flag, variable]) => flag ?? variable ?? '',
    );
    const flagOf = (one: string): string =>
      one
        .replace(/^ETCD_/, '')
        .toLowerCase()
        .replaceAll('_', '-');
    const isNamed = (one: string): boolean =>
      yaml.includes(one) || (one.startsWith('ETCD_') && yaml.includes(flagOf(one)));
    expect(names.filter((one) => !isNamed(one))).toEqual([]);
  });

  it.each(INPUTS)('of %s: what comes out is a file of variables, and its flags are not the runner’s', (name, text) => {
    const imported = importFlags(text, { file: name });
    const source = new SourceFile(name, imported.yaml);
    const root = parseDocument(source);
    const flags = root.kind === 'map' ? valueOf(root, 'flags') : undefined;
    if (flags?.kind !== 'map') throw new Error('no flags');
    expect(flagNameProblems(source, flags)).toEqual([]);
    expect(flags.entries.map(({ key, value }) => [key.text, value.kind === 'scalar' ? value.text : value])).toEqual(
      Object.entries(imported.flags),
    );
  });

  it.each(INPUTS)('of %s: no value is an expansion', (name, text) => {
    const { flags } = importFlags(text, { file: name });
    expect(Object.values(flags).filter((value) => /\$|\{\{/.test(value))).toEqual([]);
  });

  it.each(INPUTS)('of %s: empty flags are a warning', (name, text) => {
    const { flags, warnings } = importFlags(text, { file: name });
    expect(warnings.some((one) => one.startsWith('`flags` is empty'))).toBe(Object.keys(flags).length === 0);
  });
});

describe('found no etcd', () => {
  it.each([
    [
      'a manifest of something else',
      'web.yaml',
      'kind: Pod\nspec: {containers: [{name: web, image: "nginx:1", command: [nginx]}]}\n',
      'the container web (nginx:1)',
    ],
    [
      'a unit of something else',
      'x.service',
      '[Service]\nExecStart=/usr/bin/nginx -g daemon\n',
      'the command `/usr/bin/nginx -g`',
    ],
    [
      'a script without etcd',
      'x.sh',
      'etcdctl --endpoints=a get b\nkube-apiserver --etcd-servers=x\n',
      'the command `etcdctl --endpoints=a`',
    ],
    ['the proxy of etcd', 'x.txt', 'etcd grpc-proxy start --endpoints=a\n', 'the command `etcd grpc-proxy`'],
    ['the folder of etcd', 'x.sh', 'chown -R 1000 /var/lib/etcd --verbose\n', 'the command `chown -R`'],
    ['the version of etcd', 'x.sh', 'V=$(/usr/bin/etcd --version)\necho "$V"\n', 'the command `echo $V`'],
    ['a chart', 'x.yaml', 'kind: X\na: {{ .Values.x }}\n', 'it is a template'],
    ['nothing', 'x', '', 'it is empty'],
    ['prose', 'x', 'we run etcd on three machines\n', 'the command `we run`'],
  ])('in %s, and what is there instead is named', (_, file, text, instead) => {
    expect(() => importFlags(text, { file })).toThrow(UsageError);
    expect(() => importFlags(text, { file })).toThrow(`found no etcd in ${file}: `);
    expect(() => importFlags(text, { file })).toThrow(instead);
  });

  it.each([
    ['indentation', 'spec:\n  containers:\n  - name: etcd\n   image: x\n', 4],
    ['a tab', 'name: etcd\ndata-dir:\n\t/var/lib/etcd\n', 3],
    ['a bracket that is left open', 'name: x\ndata-dir: /x\ncipher-suites: [a,\n', 4],
    ['a quote that is left open', 'command: [etcd, "--max-wals=9]\n', 2],
    ['the second document', 'a: 1\n---\nb: [\n', 4],
  ])('is never said of YAML with a mistake: %s', (_, text, line) => {
    let problem: unknown;
    try {
      importFlags(text, { file: 'etcd.yaml' });
    } catch (thrown) {
      problem = thrown instanceof ScenarioError ? thrown.problems[0] : thrown;
    }
    expect(problem).toMatchObject({
      place: { file: 'etcd.yaml', line },
      message: expect.stringContaining("can't be read as YAML") as string,
    });
  });

  it('is an error of its own for a file of brackets and for an alias bomb', () => {
    expect(() => importFlags('['.repeat(20_000), { file: 'x.yaml' })).toThrow(ScenarioError);
    const bomb = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)];
    expect(() => importFlags(bomb.join('\n'), { file: 'x.yaml' })).toThrow(ScenarioError);
  });
});

describe('the precedence is etcd’s', () => {
  it('a flag overrides a variable, the later flag the earlier', () => {
    const { flags, leftOut } = importFlags('ETCD_MAX_WALS=1 etcd --max-wals=2 --max-wals 3', { file: '-' });
    expect(flags).toEqual({ 'max-wals': '3' });
    expect(leftOut.map(({ what }) => what)).toContain('ETCD_MAX_WALS');
  });

  it('a configuration file replaces both', () => {
    const { flags } = importFlags('ETCD_MAX_WALS=1 etcd --config-file=x.yml --max-snapshots=2', { file: '-' });
    expect(flags).toEqual({});
  });
});

it('names the flags that a version lacks, in the patch version', () => {
  const text = 'command: [/opt/etcd-v3.5.4/etcd, --max-concurrent-streams=5, --enable-v2]\nname: x\n';
  const { warnings } = importFlags(text, { file: 'x.yaml', to: '3.6.16' });
  expect(warnings).toEqual([
    expect.stringMatching(/^etcd 3\.5\.4 has no flag --max-concurrent-streams .*3\.5\.5 to 3\.7/),
    expect.stringMatching(/^etcd 3\.6\.16 has no flag --enable-v2/),
  ]);
});
