import { readFile } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { messageOf, UserError } from '../runtime/errors.ts';

const Pair = Type.Tuple([Type.Number(), Type.Number()]);
const Box = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);

/** Where a face is. */
const TruthFace = Type.Object({
  seconds: Type.Number(),
  /** Pixels: left, top, right, bottom; inside the picture. */
  boxXyxy: Box,
  /** 0..1: what neither other people, nor things, nor the picture's edge hide. */
  visible: Type.Number({ minimum: 0, maximum: 1 }),
  /** The face's centre lies in the lane polygon. */
  inLane: Type.Boolean(),
});

const TruthVisit = Type.Object({
  visit: Type.Integer({ minimum: 0 }),
  /** Who it is: an id of the cast. */
  identity: Type.String(),
  givenName: Type.String(),
  member: Type.Boolean(),
  /** Walks through the opt-in lane. */
  lane: Type.Boolean(),
  /** When the face's centre crosses the entrance line, seconds of the video. */
  enteredAtSeconds: Type.Number(),
  /** About five a second. */
  faces: Type.Array(TruthFace),
});

/** What really happened in a rendered video of the door. */
const DoorTruth = Type.Object({
  version: Type.Literal(1),
  simulated: Type.Literal(true),
  seed: Type.Integer(),
  seconds: Type.Number(),
  camera: Type.Object({
    width: Type.Integer(),
    height: Type.Integer(),
    framesPerSecond: Type.Number(),
    horizontalFieldOfViewDegrees: Type.Number(),
    heightMetres: Type.Number(),
    pitchDownDegrees: Type.Number(),
  }),
  /** Fractions of the picture. */
  lanePolygon: Type.Array(Pair),
  entranceLine: Type.Object({ from: Pair, to: Pair }),
  visits: Type.Array(TruthVisit),
});

export type DoorTruth = Static<typeof DoorTruth>;
export type TruthVisit = Static<typeof TruthVisit>;
export type TruthFace = Static<typeof TruthFace>;

/** Reads what {@link import('./render.ts').renderDoor} wrote. @throws UserError `simulation.truth-unreadable` */
export async function readTruth(path: string): Promise<DoorTruth> {
  const next = 'Render the video again: smart-store simulate';
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UserError(
      'simulation.truth-unreadable',
      `${path} is expected to hold the ground truth of a rendered video, but: ${messageOf(error)}`,
      next,
      { cause: error },
    );
  }
  if (!Check(DoorTruth, value)) {
    throw new UserError(
      'simulation.truth-unreadable',
      `${path} is expected to hold the ground truth of a rendered video, version 1, but it holds something else`,
      next,
    );
  }
  return value;
}
