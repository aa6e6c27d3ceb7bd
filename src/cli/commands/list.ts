import { plural } from '../../plural';
import { stripControl } from '../../source';
import { load, type LoadedDrills } from '../../library/load';
import { parse } from '../args';
import type { Command } from '../io';
import { variablesOf } from '../request';
import { usage } from './list.usage';

export const command: Command = async (argv, io) => {
  const { paths, options } = parse(argv, usage, io.env);
  const { tag, grep, shipped } = options;
  // Everything is listed, slow drills too: a list that hides some would mislead.
  const { scenarios, remarks, noneFits } = load({
    paths,
    command: usage.name,
    shipped,
    cwd: io.cwd,
    tag,
    grep,
    slow: true,
    ...variablesOf(options),
  });
  const rows = scenarios.map(rowOf);
  if (noneFits !== undefined) io.err.write(`${stripControl(noneFits)}\n`);
  if (options.json) {
    io.out.write(`${JSON.stringify(rows, null, 2)}\n`);
    return 0;
  }
  for (const remark of remarks) io.err.write(`${remark}\n`);
  for (const { name, file, line, tags, etcd, members } of rows) {
    const about = [plural(members, 'member'), ...(etcd ? [`etcd ${etcd.join(', ')}`] : [])];
    const labels = tags.length === 0 ? '' : `  [${tags.join(', ')}]`;
    io.out.write(stripControl(`${name}\n    ${file}:${line}  ${about.join(', ')}${labels}`) + '\n');
  }
  return 0;
};

interface ListRow {
  name: string;
  description: string;
  file: string;
  line: number;
  tags: string[];
  /** The drill's own versions; null where the command line or the configuration decides. */
  etcd: string[] | null;
  requires: string | null;
  /** The combination of the drill's matrix that this is; null where it has none. */
  matrix: Record<string, string> | null;
  members: number;
  steps: number;
}

function rowOf({
  name,
  description,
  place,
  tags,
  etcd,
  requires,
  matrix,
  members,
  steps,
}: LoadedDrills['scenarios'][number]): ListRow {
  return {
    name,
    description,
    file: place.file,
    line: place.line,
    tags,
    etcd: etcd ?? null,
    requires: requires?.range ?? null,
    matrix: Object.keys(matrix).length === 0 ? null : matrix,
    members: members.length,
    steps: steps.length,
  };
}
