import { CONFIG, ETCD, JSON_OUTPUT, REPORTS, RUNNING, VARIABLES } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('bisect', {
  about:
    'Runs one drill on both ends, then halves what is to be had between them. ' +
    'What the drill says of versions itself (etcd, knownFailing) does not count.',
  options: {
    good: { type: 'version', value: 'V', required: true, text: 'a version that passes, the newer or the older one' },
    bad: { type: 'version', value: 'V', required: true, text: 'a version that fails' },
    repeat: {
      type: 'number',
      minimum: 1,
      value: 'N',
      text: 'each version N times; it is bad where one run fails',
      default: '1',
    },
    over: {
      type: 'text',
      value: 'NAME',
      text: 'the variable that the versions go to, for the end of an upgrade; without it, the version that the drill runs',
    },
    etcd: { ...ETCD.etcd, env: undefined, text: 'with --over: the version that the drill runs' },
    ...VARIABLES,
    ...RUNNING,
    reports: { ...REPORTS.reports, text: 'reports of each version go to bisect/VERSION in here' },
    ...CONFIG,
    ...JSON_OUTPUT,
  },
  examples: [
    {
      says: 'which 3.5 broke the drill',
      line: 'etcd-scenarios bisect scenarios/first.yaml --good 3.5.16 --bad 3.5.35',
    },
    {
      says: 'from which version on an upgrade to it fails',
      line:
        'etcd-scenarios bisect scenarios/upgrade/rehearsal.yaml --over to --good 3.6.16 \\\n' +
        '      --bad 3.6.1 --var from=3.5.35',
    },
  ],
  exits: {
    0: 'found',
    1: 'an end is not what it was said to be: nothing was halved',
    3: 'an end can not be tested here',
  },
});
