import { CONFIG, ETCD, REPORTS, RUNNING, SELECTING, VARIABLES } from '../options';
import { defineUsage, withVariables } from '../usage';

export const usage = defineUsage('run', {
  about:
    'Runs drills on real etcd containers and removes everything that it started. ' +
    'Without a PATH or --tag, drills tagged slow are left out.',
  // Each option has an environment variable: CI systems set those more easily than arguments.
  options: withVariables({
    ...ETCD,
    ...SELECTING,
    ...VARIABLES,
    repeat: { type: 'number', minimum: 1, value: 'N', text: 'each case N times', default: '1' },
    'min-run': { type: 'number', minimum: 0, value: 'N', text: 'exit 2 where fewer than N passed' },
    'fail-fast': { type: 'flag', text: 'start nothing more after a failure' },
    keep: { type: 'flag', text: 'leave the cluster of a failed drill up, and say how to reach and to remove it' },
    ...RUNNING,
    ...REPORTS,
    reporter: {
      type: 'words',
      value: 'NAME,…',
      text: 'of console, ndjson, junit, summary, github; github comes by itself under GitHub Actions',
      default: 'console,ndjson,junit,summary',
    },
    ...CONFIG,
  }),
  examples: [
    { says: 'every drill of scenarios/ on two versions', line: 'etcd-scenarios run --etcd 3.5.35,3.6.16' },
    {
      says: 'your own upgrade, with your snapshot and the flags that `import` found',
      line:
        'etcd-scenarios run scenarios/upgrade/rehearsal.yaml --var from=3.5.35 \\\n' +
        '      --var snapshot=./backup.db --var-file flags.yaml',
    },
  ],
});
