import { CONFIG, ETCD, SELECTING, VARIABLES } from '../options';
import { defineUsage } from '../usage';

export const usage = defineUsage('validate', {
  about:
    'Reads every drill and follows it step by step on each of its versions. All problems of all files are told, each with ' +
    'its place and what would be right.',
  options: {
    format: {
      type: 'choice',
      of: ['text', 'json', 'github'],
      text: 'for people, for programs (an array of problems), or as annotations of GitHub Actions',
      default: 'text',
    },
    shipped: SELECTING.shipped,
    strict: { type: 'flag', text: 'exit 2 for warnings too' },
    'max-warnings': { type: 'number', minimum: 0, value: 'N', text: 'exit 2 for more warnings than N' },
    ...ETCD,
    ...VARIABLES,
    ...CONFIG,
  },
  examples: [
    { says: 'everything in scenarios/', line: 'etcd-scenarios validate' },
    { says: 'in CI, as annotations at the lines', line: 'etcd-scenarios validate scenarios --strict --format github' },
  ],
});
