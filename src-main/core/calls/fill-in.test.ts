import { expect, it } from 'vitest';
import { caseNumberOf, fillIn } from './fill-in.ts';

it('fills in what there is, and leaves nothing of what there is not', () => {
  const values = { name: 'Sam', 'job-kind': 'repair' };
  expect(fillIn('{{name}}: {{ job-kind }}{{unknown}}{{constructor}}.', values)).toBe('Sam: repair.');
});

it('names a case by the beginning of its call’s id', () => {
  expect(caseNumberOf({ id: 'abcd1234-0000-4000-8000-000000000000' })).toBe('ABCD1234');
});
