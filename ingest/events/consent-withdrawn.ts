import { Type } from 'typebox';
import { ConsentPurpose } from './consent-given.ts';
import { defineEvent } from './envelope.ts';
import { SubjectPseudonym } from './fields.ts';

/** A member took a consent back; its use stops at once. */
export const ConsentWithdrawn = defineEvent({
  type: 'consent.withdrawn',
  version: 1,
  topic: 'store.membership.v1',
  description: 'A member took a consent back; its use stops at once.',
  data: Type.Object({ subjectKey: SubjectPseudonym, purpose: ConsentPurpose }),
  example: {
    source: '/stores/demo/members',
    subject: 'stores/demo/subjects/0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
    time: new Date('2026-11-22T08:30:00.000Z'),
    storeId: 'demo',
    data: { subjectKey: '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa', purpose: 'door-recognition' },
  },
});
