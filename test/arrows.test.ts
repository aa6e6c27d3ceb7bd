/** The rooms and their arrows, as docs/architecture.md and the table below have them: who may import whom. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SRC = path.resolve(__dirname, '../src');

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  cluster: ['kernel'],
  workload: ['cluster', 'kernel'],
  steps: ['workload', 'cluster', 'kernel'],
  scenario: ['steps', 'kernel'],
  run: ['scenario', 'steps', 'cluster', 'kernel'],
  runbook: ['scenario', 'steps', 'cluster', 'kernel'],
  report: ['kernel'],
  index: ['run', 'runbook', 'scenario', 'steps', 'cluster', 'report', 'kernel'],
  cli: ['index', 'report', 'kernel'],
  jest: ['index', 'report', 'kernel'],
};

interface Import {
  /** Relative to src/, with `/`. */
  from: string;
  /** A file relative to src/, or a package's name. */
  to: string;
  isOwn: boolean;
}

const FILES = readdirSync(SRC, { recursive: true })
  .map((name) => String(name).split(path.sep).join('/'))
  .filter((name) => name.endsWith('.ts'))
  .sort();

const text = (file: string): string => readFileSync(path.join(SRC, file), 'utf8');

/** Code without its comments; what stands in strings stays. */
const code = (file: string): string =>
  text(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');

function importsOf(file: string): Import[] {
  const found = code(file).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/g);
  return [...found].map(([, to = '']) => {
    if (!to.startsWith('.')) return { from: file, to: to.replace(/^node:/, ''), isOwn: false };
    const target = path.posix.join(path.posix.dirname(file), to);
    return {
      from: file,
      to: FILES.find((name) => [`${target}.ts`, `${target}/index.ts`].includes(name)) ?? target,
      isOwn: true,
    };
  });
}

function roomOf(file: string): string {
  const [room = ''] = file.split('/');
  if (file === 'index.ts' || room === 'library') return 'index';
  return file.includes('/') ? room : 'kernel';
}

const IMPORTS = FILES.flatMap(importsOf);
const OWN = IMPORTS.filter(({ isOwn }) => isOwn);

describe('the rooms of src/', () => {
  it('are those of the table', () => {
    expect([...new Set(FILES.map(roomOf))].sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  it('import along the arrows of the table only', () => {
    const wrong = OWN.filter(
      ({ from, to }) => roomOf(from) !== roomOf(to) && !ALLOWED[roomOf(from)]?.includes(roomOf(to)),
    );
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('import files that are there', () => {
    expect(OWN.filter(({ to }) => !FILES.includes(to))).toEqual([]);
  });

  it('are reached by nobody but the room that may know Docker and etcd3: steps see interfaces only', () => {
    const hidden = OWN.filter(
      ({ from, to }) => /^(steps|scenario|run|report)\//.test(from) && /^cluster\/(docker|etcd)\//.test(to),
    );
    expect(hidden).toEqual([]);
  });

  it('import no file in a circle', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path_: string[]): void => {
      if (path_.includes(file)) circles.push([...path_.slice(path_.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path_.includes(file)) return;
      for (const { to } of valuesImportedBy(file)) visit(to, [...path_, file]);
      done.add(file);
    };
    for (const file of FILES) visit(file, []);
    expect(circles).toEqual([]);
  });
});

/** Imports that are there when the program runs; types alone may point in a circle. */
function valuesImportedBy(file: string): Import[] {
  const types = new Set(
    [...code(file).matchAll(/\b(?:import|export)\s+type\s[^;]*?from\s+['"]([^'"]+)['"]/g)].map(([, to]) => to),
  );
  return importsOf(file).filter(({ to, isOwn }) => {
    const written = [...types].map((one) => path.posix.join(path.posix.dirname(file), one ?? ''));
    return isOwn && !written.some((one) => to === `${one}.ts` || to === `${one}/index.ts`);
  });
}

describe('only one room knows', () => {
  const packagesImportedOutside = (packages: RegExp, room: RegExp): string[] =>
    IMPORTS.filter(({ from, to, isOwn }) => !isOwn && packages.test(to) && !room.test(from)).map(
      ({ from, to }) => `${from} -> ${to}`,
    );

  it('testcontainers and dockerode: src/cluster/docker', () => {
    expect(packagesImportedOutside(/^(testcontainers|dockerode|tar-stream)\b/, /^cluster\/docker\//)).toEqual([]);
  });

  it('etcd3 and gRPC: src/cluster/etcd', () => {
    expect(packagesImportedOutside(/^(etcd3|@grpc|cockatiel)\b/, /^cluster\/etcd\//)).toEqual([]);
  });

  it('ajv and js-yaml: src/scenario', () => {
    expect(packagesImportedOutside(/^(ajv|js-yaml)\b/, /^scenario\//)).toEqual([]);
  });

  it('how members are spoken to: src/cluster/security.ts writes the scheme', () => {
    const wrong = FILES.filter((file) => file !== 'cluster/security.ts' && /['"`]https?:\/\//.test(code(file)));
    expect(wrong.map((file) => `${file}: ${SCHEMES[file] ?? 'a scheme of its own'}`)).toEqual(
      Object.entries(SCHEMES).map(([file, reason]) => `${file}: ${reason}`),
    );
  });

  it('the process: src/cli and src/jest', () => {
    const touching = /\bprocess\.(argv|env|exit\(|stdout|stderr|stdin|cwd\()|\bconsole\.\w+\(/;
    const wrong = FILES.filter((file) => !['cli', 'jest'].includes(roomOf(file)) && touching.test(code(file)));
    expect(wrong.filter((file) => !(file in TOUCHING))).toEqual([]);
  });
});

/** Schemes that are written elsewhere, and why. */
const SCHEMES: Readonly<Record<string, string>> = {
  'cluster/docker/images/registry.ts': 'the tags of the official images, of a registry and no member',
  'cluster/docker/process.ts': 'the metrics page, and /version: to be asked through `url()` when TLS comes',
  'scenario/editor-schema.ts': 'the name of JSON Schema, draft 7',
};

/** Files outside of src/cli that touch the process, and why: to be mended, none to be added. */
const TOUCHING: Readonly<Record<string, string>> = {
  'cluster/docker/engine.ts': 'DOCKER_HOST, which decides where the engine is',
  'cluster/docker/images/buildable.ts': 'the environment of `go`, which knows where its modules come from',
  'cluster/docker/images/builder.ts': 'the environment of the tools that build an image',
  'cluster/docker/images/cache.ts': 'XDG_CACHE_HOME, as a default of an argument',
};
