import { defineUsage } from '../usage';

export const usage = defineUsage('clean', {
  about:
    'Removes containers, networks and volumes of runs that were killed. Nothing without the label of etcd-scenarios is ' +
    'touched, and nothing of a run that is alive, unless --run names it.',
  options: {
    'older-than': {
      type: 'duration',
      value: 'D',
      text: 'all that is older than this, whichever machine made it: 2h, 1d',
    },
    run: { type: 'text', value: 'ID', text: 'all of one run, such as what --keep left' },
  },
  examples: [
    { says: 'what killed runs of this machine left', line: 'etcd-scenarios clean' },
    { says: "what other machines' runs left on this engine", line: 'etcd-scenarios clean --older-than 2h' },
  ],
});
