import { defineUsage } from '../usage';

export const usage = defineUsage('new', {
  about: 'Writes a drill from a template. A file that is there is never overwritten.',
  options: {
    template: {
      type: 'text',
      value: 'NAME',
      text: 'bootstrap, lose-a-member, lose-the-majority, restore or upgrade',
      default: 'bootstrap',
    },
  },
  examples: [
    {
      says: 'a drill of two dead members out of three',
      line: 'etcd-scenarios new scenarios/mine.yaml --template lose-the-majority',
    },
  ],
});
