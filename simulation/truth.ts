import { readFile } from 'node:fs/promises';
import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { messageOf, UserError } from '../runtime/errors.ts';
import { castMember } from './cast.ts';
import type { PaintedFace } from './painter.ts';
import { entrySeconds, type Walk } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA, ENTRANCE_LINE, isInside, LANE_POLYGON } from './scene.ts';

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

const TRUTH_PER_SECOND = 5;

/** What the rendered frames show, in words and boxes. */
export function truthOf(
  scenario: Scenario,
  walks: readonly Walk[],
  seen: readonly { readonly frame: number; readonly faces: readonly PaintedFace[] }[],
  frames: number,
): DoorTruth {
  const { framesPerSecond } = scenario.camera;
  const every = Math.max(1, Math.round(framesPerSecond / TRUTH_PER_SECOND));
  const facesByVisit = new Map<number, TruthFace[]>();
  for (const { frame, faces } of seen) {
    if (frame % every !== 0) continue;
    for (const face of faces) {
      const inPicture = truthFace(frame / framesPerSecond, face);
      if (!inPicture) continue;
      const list = facesByVisit.get(face.visit) ?? [];
      list.push(inPicture);
      facesByVisit.set(face.visit, list);
    }
  }
  const { geometry } = DOOR_CAMERA;
  return {
    version: 1,
    simulated: true,
    seed: scenario.seed,
    seconds: frames / framesPerSecond,
    camera: { ...geometry, framesPerSecond },
    lanePolygon: LANE_POLYGON.map(([x, y]): [number, number] => [x, y]),
    entranceLine: { from: [...ENTRANCE_LINE.from], to: [...ENTRANCE_LINE.to] },
    visits: walks.map((walk): TruthVisit => ({
      visit: walk.visit,
      identity: walk.castId,
      givenName: castMember(walk.castId).givenName,
      member: walk.member,
      lane: walk.lane,
      enteredAtSeconds: entrySeconds(walk),
      faces: facesByVisit.get(walk.visit) ?? [],
    })),
  };
}

/** Reads what {@link import('./render.ts').renderDoor} wrote. @throws UserError `simulation.truth-unreadable` */
export function readTruth(path: string): Promise<DoorTruth> {
  return readTruthFile(path, DoorTruth, 'a rendered video');
}

/** Reads a file of ground truth. @throws UserError `simulation.truth-unreadable` */
export async function readTruthFile<Schema extends TSchema>(
  path: string,
  schema: Schema,
  what: string,
): Promise<Static<Schema>> {
  const next = 'Render the video again: smart-store simulate';
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UserError(
      'simulation.truth-unreadable',
      `${path} is expected to hold the ground truth of ${what}, but: ${messageOf(error)}`,
      next,
      { cause: error },
    );
  }
  if (!Check(schema, value)) {
    throw new UserError(
      'simulation.truth-unreadable',
      `${path} is expected to hold the ground truth of ${what}, version 1, but it holds something else`,
      next,
    );
  }
  return value;
}

function truthFace(seconds: number, { boxXyxy, visible }: PaintedFace): TruthFace | undefined {
  const { width, height } = DOOR_CAMERA.geometry;
  const [left, top, right, bottom] = boxXyxy;
  const box: TruthFace['boxXyxy'] = [
    round(Math.max(0, left), 10),
    round(Math.max(0, top), 10),
    round(Math.min(width, right), 10),
    round(Math.min(height, bottom), 10),
  ];
  if (box[2] - box[0] < 4 || box[3] - box[1] < 4) return undefined;
  const centre = [(left + right) / 2 / width, (top + bottom) / 2 / height] as const;
  return {
    seconds: round(seconds, 1000),
    boxXyxy: box,
    visible: round(visible, 100),
    inLane: isInside(LANE_POLYGON, centre),
  };
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
