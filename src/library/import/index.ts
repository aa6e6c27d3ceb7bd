/** An etcd that runs somewhere, as the flags and the version of a rehearsal. */
import { spell } from '../../cluster/flags';
import { UsageError } from '../../errors';
import { respelled } from '../../steps/version-change';
import { isFullVersion } from '../../version';
import { unaccounted } from './account';
import { classify } from './classify';
import type { Findings, Found, LeftOut } from './found';
import { readInput } from './read';

export interface Imported {
  /** YAML for `--var-file`: `from` and `flags`, with comments that say what was left out and why. */
  yaml: string;
  /** What somebody should look at before they run it. */
  warnings: string[];
  flags: Record<string, string>;
  from: string | undefined;
  leftOut: LeftOut[];
}

/**
 * Reads a manifest, a configuration file, a unit, a script or a command line. `to` is the version that the rehearsal goes to.
 * Throws UsageError where no etcd is found, ScenarioError with the place where a YAML file is no YAML.
 */
export function importFlags(text: string, about: { file: string; to?: string }): Imported {
  const name = about.file === '-' ? 'the standard input' : about.file;
  const found = choose(readInput(text, about.file), text, name);
  const { kept, leftOut, warnings: ofFlags } = classify(found);
  const version = found.version ?? versionVariable(found);
  const all = [...leftOut, ...unaccounted(text, kept, [...leftOut.map(({ what }) => what), ...ofFlags])];
  const warnings = [
    ...found.warnings,
    ...ofFlags,
    ...all
      .filter(({ why }) => why.startsWith('not read: import'))
      .map(({ what }) => `not read: ${what}; import it as well`),
    ...aboutVersions(kept, version, about.to),
    ...(version === undefined ? ['no version is named: set `from` yourself'] : []),
    ...(kept.size === 0 ? [`\`flags\` is empty: the rehearsal would run with etcd's defaults`] : []),
  ];
  const yaml = render({ name, found, version, to: about.to, kept, leftOut: all, warnings });
  return { yaml, warnings, flags: Object.fromEntries(kept), from: version, leftOut: all };
}

/** `ETCD_VERSION` and `ETCD_VER`, which scripts and images set. */
function versionVariable(found: Found): string | undefined {
  for (const name of ['ETCD_VERSION', 'ETCD_VER', 'ETCD_TAG', 'ETCD_IMAGE_TAG']) {
    const version = found.variables.get(name)?.text.replace(/^v/, '');
    if (version !== undefined && isFullVersion(version)) return version;
  }
  return undefined;
}

/** The etcd with the highest rank, the first of several; the others are named. */
function choose(findings: Findings, text: string, name: string): Found {
  const [first] = findings.found.toSorted((a, b) => b.rank - a.rank);
  if (!first) throw new UsageError(notFound(findings, text, name));
  // A script may start etcd in several branches: the command with the most flags is read.
  const [best = first, ...rest] = findings.found
    .filter(({ rank, subject }) => rank === first.rank && subject === first.subject)
    .toSorted((a, b) => b.flags.size - a.flags.size);
  if (rest.length > 0) {
    best.warnings.push(
      `${best.subject} has ${rest.length + 1} commands that start etcd: read the one with the most flags`,
    );
  }
  const others = findings.found.filter((one) => one !== best && !rest.includes(one));
  const file = best.flags.get('config-file') ?? best.variables.get('ETCD_CONFIG_FILE');
  const configuration = file && others.find((one) => one.as === 'a configuration file');
  const alike = others.filter((one) => one.rank === best.rank && one !== configuration);
  if (alike.length > 0) {
    best.warnings.unshift(
      `${alike.length + 1} etcds are described: read ${best.subject}, not ${alike.map(({ subject }) => subject).join(', ')}`,
    );
  }
  if (!configuration) return best;
  const beside = [...best.flags.keys(), ...best.variables.keys()].filter((one) => one !== 'config-file');
  return {
    ...configuration,
    subject: `${configuration.subject}, which ${best.subject} runs with`,
    version: configuration.version ?? best.version,
    warnings: [...best.warnings, ...configuration.warnings],
    leftOut: [
      ...configuration.leftOut,
      ...best.leftOut,
      { what: `config-file: ${file.text}`, why: 'read: it is in the input' },
      ...beside.map((what) => ({ what, why: 'ignored by etcd: it runs with --config-file' })),
    ],
  };
}

function notFound({ others }: Findings, text: string, name: string): string {
  const what = [...new Set(others)].slice(0, 12).join(', ');
  const instead =
    text.trim() === ''
      ? 'it is empty'
      : what === ''
        ? 'no command, container or setting of etcd is in it'
        : `it has ${what}`;
  const template = /\{\{|\{%/.test(text) ? '; it is a template, so render it first' : '';
  return (
    `found no etcd in ${name}: ${instead}${template}; give a manifest with a container that runs etcd, a configuration file of etcd ` +
    `(--config-file), a systemd unit, a file of ETCD_… variables, or a command line`
  );
}

/** What the versions have to say of the flags: lacking, not known, or spelt otherwise in the new one. */
function aboutVersions(kept: ReadonlyMap<string, string>, from: string | undefined, to: string | undefined): string[] {
  const lacking = (version: string | undefined): string[] =>
    version === undefined
      ? []
      : [...kept.keys()].flatMap((flag) => {
          const spelling = spell(version, flag);
          if ('lacking' in spelling)
            return [`${spelling.lacking}: drop it, or the rehearsal refuses it before it starts`];
          const isNamed = 'unknown' in spelling && !spelling.unknown.startsWith('no known version');
          return isNamed ? [`${spelling.unknown}; it is passed on as written`] : [];
        });
  const spelt = to === undefined ? [] : respelled(Object.fromEntries(kept), from, to);
  return [
    ...new Set([...lacking(from), ...lacking(to)]),
    ...spelt.map((one) => `${one}: change it with the upgrade; the rehearsal does so by itself`),
  ];
}

function render(about: {
  name: string;
  found: Found;
  version: string | undefined;
  to: string | undefined;
  kept: ReadonlyMap<string, string>;
  leftOut: readonly LeftOut[];
  warnings: readonly string[];
}): string {
  const { found, version, to, kept, warnings } = about;
  const groups = new Map<string, Set<string>>();
  for (const { what, why } of about.leftOut) groups.set(why, (groups.get(why) ?? new Set()).add(onOneLine(what)));
  const lines = [
    `# ${about.name === 'the standard input' ? 'From the standard input' : about.name}, read as ${found.as} (${onOneLine(found.subject)}). For a rehearsal:`,
    '#   etcd-scenarios run scenarios/upgrade/rehearsal.yaml --var-file THIS-FILE',
    ...(version === undefined ? ['# from: 3.5.16   # no version is named: which one is it?'] : [`from: ${version}`]),
    ...(to === undefined ? [] : [`to: ${to}`]),
    ...(kept.size === 0
      ? ['flags: {}']
      : ['flags:', ...[...kept].map(([flag, value]) => `  ${scalar(flag)}: ${scalar(value)}`)]),
    ...[...groups].flatMap(([why, names]) => [`# Left out (${why}):`, ...[...names].map((one) => `#   ${one}`)]),
    ...warnings.flatMap((warning, i) => [...(i === 0 ? ['# Look at this:'] : []), `#   ${onOneLine(warning)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A text that YAML reads as itself, quoted where it has to be. */
function scalar(value: string): string {
  return /^[A-Za-z0-9][\w./+-]*$/.test(value) ? value : JSON.stringify(value);
}
