import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { UtcTime } from './time.ts';

/** Why the door is sure that a visitor is this member: everything an operator needs to doubt it. */
export const Decision = Type.Object({
  network: Type.String(),
  distance: Type.Number({ description: 'to the nearest member, in the unit of the network' }),
  margin: Type.Number({ description: 'distance of the second-best member minus distance' }),
  threshold: Type.Number(),
  frames: Type.Integer({ description: 'frames that voted' }),
});
export type Decision = Type.Static<typeof Decision>;

/** What happened, in the words of the event that told of it. */
export const Fact = Type.Union([
  Type.Object({
    kind: Type.Literal('visit.started'),
    visitId: Type.String(),
    cameraId: Type.String(),
    inLane: Type.Boolean(),
  }),
  Type.Object({
    kind: Type.Literal('visit.identified'),
    visitId: Type.String(),
    cameraId: Type.String(),
    subjectKey: Type.String(),
    name: Nullable(Type.String({ description: 'null unless this member consents to show it' })),
    decision: Decision,
  }),
  Type.Object({
    kind: Type.Literal('visit.ended'),
    visitId: Type.String(),
    reason: Type.Union([
      Type.Literal('assumed-left'),
      Type.Literal('entered-again'),
      Type.Literal('seen-leaving'),
      Type.Literal('lost-sight'),
      Type.Literal('same-person'),
    ]),
    durationSeconds: Type.Number(),
  }),
  Type.Object({
    kind: Type.Literal('visit.found'),
    visitId: Type.String(),
    cameraId: Type.String(),
  }),
  Type.Object({
    kind: Type.Literal('visit.resumed'),
    visitId: Type.String(),
    awaySeconds: Type.Number(),
  }),
  Type.Object({
    kind: Type.Literal('visit.identity-withdrawn'),
    visitId: Type.String(),
    reason: Type.Union([
      Type.Literal('crossed-paths'),
      Type.Literal('lost-from-sight'),
      Type.Literal('seen-twice'),
      Type.Literal('restarted'),
    ]),
  }),
  Type.Object({
    kind: Type.Literal('visit.excluded'),
    visitId: Type.String(),
    reason: Type.Union([Type.Literal('staff-zone'), Type.Literal('marked-by-hand')]),
  }),
  Type.Object({
    kind: Type.Literal('queue.abandoned'),
    visitId: Type.String(),
    queue: Type.String(),
    waitSeconds: Type.Number(),
  }),
  Type.Object({ kind: Type.Literal('camera.connected'), cameraId: Type.String() }),
  Type.Object({
    kind: Type.Literal('camera.lost'),
    cameraId: Type.String(),
    reason: Type.Union([
      Type.Literal('error'),
      Type.Literal('end-of-stream'),
      Type.Literal('stalled'),
      Type.Literal('unreachable'),
    ]),
    detail: Type.String(),
  }),
  Type.Object({
    kind: Type.Literal('camera.recovered'),
    cameraId: Type.String(),
    downSeconds: Type.Number(),
  }),
  Type.Object({ kind: Type.Literal('member.enrolled'), subjectKey: Type.String() }),
  Type.Object({ kind: Type.Literal('consent.given'), subjectKey: Type.String(), purpose: Type.String() }),
  Type.Object({ kind: Type.Literal('consent.withdrawn'), subjectKey: Type.String(), purpose: Type.String() }),
]);
export type Fact = Type.Static<typeof Fact>;

/** A line of the stream of moments. */
export const Moment = Type.Object(
  {
    id: Type.String({ description: "the event's id; a moment that comes twice has it twice" }),
    capturedAt: UtcTime,
    recordedAt: UtcTime,
    simulated: Type.Boolean(),
    fact: Fact,
  },
  { title: 'Moment' },
);
export type Moment = Type.Static<typeof Moment>;

export const Moments = Type.Object({ moments: Type.Array(Moment) }, { title: 'Moments' });
export type Moments = Type.Static<typeof Moments>;
