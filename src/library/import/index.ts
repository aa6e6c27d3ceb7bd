/** An etcd that runs somewhere, as the flags and the version of a rehearsal. */
import { ScenarioError, UsageError } from '../../errors';
import type { Node } from '../../scenario/node';
import { parseDocument } from '../../scenario/parse';
import { SourceFile } from '../../source';
import { respelled } from '../../steps/version-change';
import { classify, lackingIn } from './classify';
import type { Found } from './found';
import { fromText } from './from-text';
import { fromYaml } from './from-yaml';

export interface Imported {
  /** YAML for `--var-file`: `from` and `flags`, with comments that say what was left out and why. */
  yaml: string;
  /** What somebody should look at before they run it. */
  warnings: string[];
}

/**
 * Reads a manifest, a configuration file or a command line. `to` is the version that the rehearsal goes to. Throws
 * UsageError where no etcd is found.
 */
export function importFlags(text: string, about: { file: string; to?: string }): Imported {
  const found = findEtcd(text, about.file);
  const { kept, leftOut } = classify(found.flags);
  const ofOwn = found.version === undefined ? [] : lackingIn(found.version, kept.keys());
  const ofTarget = about.to === undefined ? [] : lackingIn(about.to, kept.keys()).filter((one) => !ofOwn.includes(one));
  const spelt = about.to === undefined ? [] : respelled(Object.fromEntries(kept), found.version, about.to);
  const warnings = [
    ...found.unread.map((what) => `not read: ${what}`),
    ...[...ofOwn, ...ofTarget].map((lacking) => `${lacking}: drop it, or the rehearsal refuses it before it starts`),
    ...spelt.map((one) => `${one}: change it with the upgrade; the rehearsal does so by itself`),
    ...(found.version === undefined ? ['no version is to be seen: set `from` yourself'] : []),
  ];
  const lines = [
    `# ${about.file === '-' ? 'From the standard input' : about.file}, read as ${found.as}. For a rehearsal:`,
    '#   etcd-scenarios run scenarios/upgrade/rehearsal.yaml --var-file THIS-FILE',
    ...(found.version === undefined
      ? ['# from: 3.5.16   # no version is to be seen: which one is it?']
      : [`from: ${found.version}`]),
    ...(about.to === undefined ? [] : [`to: ${about.to}`]),
    ...(kept.size === 0
      ? ['flags: {}']
      : ['flags:', ...[...kept].map(([name, value]) => `  ${name}: ${scalar(value)}`)]),
    ...[...leftOut].flatMap(([why, names]) => [`# Left out (${why}):`, ...names.map((name) => `#   ${name}`)]),
    ...warnings.flatMap((warning, i) => [...(i === 0 ? ['# Look at this:'] : []), `#   ${warning}`]),
  ];
  return { yaml: `${lines.join('\n')}\n`, warnings };
}

function findEtcd(text: string, file: string): Found {
  const root = yamlOf(text, file);
  const found = (root && fromYaml(root)) ?? fromText(text);
  if (found && found.flags.size > 0) return found;
  throw new UsageError(
    `found no etcd in ${file === '-' ? 'the standard input' : file}: it is to be a manifest with a container of etcd, a configuration file (--config-file), a systemd unit, or a command line`,
  );
}

/** The text as YAML; undefined where it is none. */
function yamlOf(text: string, file: string): Node | undefined {
  try {
    return parseDocument(new SourceFile(file, text));
  } catch (thrown) {
    if (thrown instanceof ScenarioError) return undefined;
    throw thrown;
  }
}

/** A text that YAML reads as itself, quoted where it has to be. */
function scalar(value: string): string {
  return /^[A-Za-z0-9][\w./+-]*$/.test(value) ? value : JSON.stringify(value);
}
