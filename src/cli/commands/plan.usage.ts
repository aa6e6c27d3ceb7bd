import { CONFIG, ETCD, IMAGES, JSON_OUTPUT, REPORTS, SELECTING, VARIABLES } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('plan', {
  about:
    'Prints each case that `run` would run of the same drills: its steps and their commands, its images, how many ' +
    'containers at most, and how long it took last time.',
  options: {
    ...ETCD,
    ...SELECTING,
    ...VARIABLES,
    image: IMAGES.image,
    reports: { ...REPORTS.reports, text: 'where the reports of the last run are' },
    ...CONFIG,
    ...JSON_OUTPUT,
  },
  examples: [{ says: 'one drill on one version', line: 'etcd-scenarios plan scenarios/first.yaml --etcd 3.6.16' }],
});
