import { Type } from 'typebox';
import { Nullable } from './nullable.ts';
import { EpochMs } from './time.ts';

/** Pixels of the frame: left, top, right, bottom. */
export const BoxXyxy = Type.Unsafe<[number, number, number, number]>(
  Type.Array(Type.Number(), { minItems: 4, maxItems: 4, description: 'left, top, right, bottom in pixels' }),
);
export type BoxXyxy = Type.Static<typeof BoxXyxy>;

/** Why a face inside the lane is not (yet) somebody. */
export const UndecidedReason = Type.Union([
  Type.Literal('gathering'),
  Type.Literal('too-far'),
  Type.Literal('ambiguous'),
  Type.Literal('poor-quality'),
  Type.Literal('no-members'),
]);
export type UndecidedReason = Type.Static<typeof UndecidedReason>;

/** Who a face is, as far as the recogniser is allowed to know. */
export const FaceState = Type.Union([
  Type.Object({ kind: Type.Literal('anonymous') }),
  Type.Object({
    kind: Type.Literal('undecided'),
    reason: UndecidedReason,
    distance: Type.Optional(Type.Number({ description: 'to the nearest member' })),
    margin: Type.Optional(Type.Number({ description: 'how much farther the second-best member is' })),
  }),
  Type.Object({
    kind: Type.Literal('member'),
    subjectKey: Type.String(),
    distance: Type.Number(),
    name: Nullable(Type.String({ description: 'null unless this member consents to show it' })),
  }),
]);
export type FaceState = Type.Static<typeof FaceState>;

export const OverlayFace = Type.Object({
  trackId: Type.String(),
  boxXyxy: BoxXyxy,
  inLane: Type.Boolean(),
  state: FaceState,
});
export type OverlayFace = Type.Static<typeof OverlayFace>;

/** What a camera's worker saw in one frame: drawn over the picture, written nowhere. */
export const Overlay = Type.Object(
  {
    cameraId: Type.String(),
    atMs: EpochMs,
    faces: Type.Array(OverlayFace),
    framesPerSecond: Type.Number(),
    dropped: Type.Integer({ minimum: 0, description: 'frames that came faster than they were looked at' }),
  },
  { title: 'Overlay' },
);
export type Overlay = Type.Static<typeof Overlay>;
