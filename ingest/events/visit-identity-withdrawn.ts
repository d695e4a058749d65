import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { Simulated, SubjectPseudonym } from './fields.ts';

/** It is no longer certain that this person is the member: the visit goes on, without a name. */
export const VisitIdentityWithdrawn = defineEvent({
  type: 'visit.identity-withdrawn',
  version: 1,
  topic: 'store.presence.v1',
  description: 'It is no longer certain that the visitor is the member; from now on the visit is anonymous.',
  data: Type.Object({
    subjectKey: SubjectPseudonym,
    reason: Type.Union(
      [
        Type.Literal('crossed-paths'),
        Type.Literal('lost-from-sight'),
        Type.Literal('seen-twice'),
        Type.Literal('restarted'),
      ],
      {
        description:
          'crossed-paths: so close to somebody else that the two may have been swapped; lost-from-sight: out of sight, and more than one person may be the one; seen-twice: recognised as the member while somebody else carried the name; restarted: the store was not running for a while',
      },
    ),
    simulated: Simulated,
  }),
  example: {
    source: '/stores/demo',
    subject: 'stores/demo/visits/0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    time: new Date('2026-11-22T09:02:20.000Z'),
    storeId: 'demo',
    visitId: '0198c5a2-7d3e-7000-8000-3f2a9c1b0d4e',
    data: {
      subjectKey: '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
      reason: 'crossed-paths',
      simulated: true,
    },
  },
});
