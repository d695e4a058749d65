import { Type } from 'typebox';
import { defineEvent } from './envelope.ts';
import { SubjectPseudonym } from './fields.ts';

/** What a member can consent to, each by itself. */
export const ConsentPurpose = Type.Union(
  [
    Type.Literal('door-recognition', { description: 'be recognised inside the marked lane at the door' }),
    Type.Literal('show-name', { description: "have the name shown to the shop's staff on the live page" }),
  ],
  { description: 'what for; each purpose is consented to by itself' },
);

/** A member consented to one purpose, to the text of one version. */
export const ConsentGiven = defineEvent({
  type: 'consent.given',
  version: 1,
  topic: 'store.membership.v1',
  description: 'A member consented to one purpose, to the text of one version.',
  data: Type.Object({
    subjectKey: SubjectPseudonym,
    purpose: ConsentPurpose,
    textVersion: Type.String({ minLength: 1, description: 'which text the member saw' }),
    channel: Type.Union([Type.Literal('command-line'), Type.Literal('kiosk'), Type.Literal('simulation')], {
      description: 'where it was given',
    }),
  }),
  example: {
    source: '/stores/demo/members',
    subject: 'stores/demo/subjects/0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
    time: new Date('2026-11-22T08:00:00.000Z'),
    storeId: 'demo',
    data: {
      subjectKey: '0198c5a2-7d3e-7000-8000-aaaaaaaaaaaa',
      purpose: 'door-recognition',
      textVersion: '2026-11',
      channel: 'simulation',
    },
  },
});
