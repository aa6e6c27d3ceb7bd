import { defineUsage } from '../usage';

export const usage = defineUsage('clean', {
  about:
    'Removes containers, networks, volumes and temporary folders of runs that were killed, and lists what stays. A run on ' +
    'another machine or in another container counts as killed when it has given no sign of life for 10 minutes. Nothing ' +
    'without the label of etcd-scenarios is touched, and nothing of a run that is alive, unless --run names it.',
  options: {
    'older-than': {
      type: 'duration',
      value: 'D',
      text: 'all that is older than this, also what --keep left: 2h, 1d',
    },
    run: { type: 'text', value: 'ID', text: 'all of one run, such as what --keep left' },
  },
  examples: [
    { says: 'what killed runs of this machine left', line: 'etcd-scenarios clean' },
    { says: 'clusters that --keep left more than a day ago, too', line: 'etcd-scenarios clean --older-than 1d' },
  ],
});
