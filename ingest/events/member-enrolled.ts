import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { SubjectPseudonym } from './fields.ts';

/** A person became a member. Names, pictures and templates stay in the members' vault. */
export const MemberEnrolled = defineEvent({
  type: 'member.enrolled',
  version: 1,
  topic: 'store.membership.v1',
  description: 'A person became a member.',
  data: Type.Object({
    subjectKey: SubjectPseudonym,
    references: Type.Integer({ minimum: 1, description: 'how many photographs made templates' }),
    network: Type.String({ description: 'which network made them' }),
  }),
  example: {
    source: '/stores/demo/members',
    subject: 'stores/demo/subjects/0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
    time: new Date('2026-11-22T08:00:00.000Z'),
    storeId: 'demo',
    data: {
      subjectKey: '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
      references: 3,
      network: 'face-recognition-dlib',
    },
  },
});
