import type { Camera } from '../config/schema.ts';
import { newTrackId, toCameraId, toSubjectKey, newId } from '../runtime/ids.ts';
import type { Moment } from '../vision/moments/moment.ts';
import type { CeilingLooks, Detect } from './floor-looks.ts';
import { FLOOR_TRUTH_PER_SECOND, VISIBLE_FROM, type FloorTruth } from './floor-truth.ts';
import { seededRandom } from './random.ts';
import type { DoorTruth, TruthVisit } from './truth.ts';

/** How a detector that knows the truth errs all the same. */
export interface TrueBoxMistakes {
  /** Share of the visible people whom it misses, each look anew. */
  readonly missed: number;
  /** Of every edge of a box, as a share of its height (standard deviation). */
  readonly noise: number;
  readonly seed: number;
}

/** Who finds everybody of whom the camera shows enough, where they are. */
export function trueDetector(truth: FloorTruth, camera: Camera): Detect {
  const sightings = truth.cameras.find(({ id }) => id === camera.id)?.sightings ?? [];
  const { width, height } = camera.size;
  return ({ streamSeconds }) => {
    const people = sightings[Math.round(streamSeconds * FLOOR_TRUTH_PER_SECOND)]?.people ?? [];
    return Promise.resolve(
      people
        .filter(({ visible }) => visible >= VISIBLE_FROM)
        .map(({ boxXyxy: [left, top, right, bottom] }) => ({
          boxXyxy: [
            Math.max(0, left),
            Math.max(0, top),
            Math.min(width, right),
            Math.min(height, bottom),
          ] as const,
          score: 0.9,
        })),
    );
  };
}

/** The same looks with mistakes. The same seed makes the same ones. */
export function withMistakes(
  { cameraId, looks }: CeilingLooks,
  { missed, noise, seed }: TrueBoxMistakes,
  { size: { width, height } }: Camera,
): CeilingLooks {
  const random = seededRandom(seed, `true boxes ${cameraId}`);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
  return {
    cameraId,
    looks: looks.map(({ seconds, found }) => ({
      seconds,
      found: found.flatMap(({ boxXyxy, ...person }) => {
        const sigma = noise * (boxXyxy[3] - boxXyxy[1]);
        const [left, top, right, bottom] = boxXyxy.map((edge) => edge + sigma * normal());
        if (random.unit() < missed) return [];
        return {
          ...person,
          boxXyxy: [
            Math.max(0, left!),
            Math.max(0, top!),
            Math.min(width, right!),
            Math.min(height, bottom!),
          ] satisfies [number, number, number, number],
        };
      }),
    })),
  };
}

/** A face of which less is to be seen isn't found. */
const FACE_VISIBLE_FROM = 0.5;
/** The door looks about so often. */
const DOOR_TRUTH_PER_SECOND = 5;
/** A member is recognised after so many looks at their face within the lane. */
const LOOKS_TO_RECOGNISE = 5;

/** A door that counts everybody and recognises every member in its lane. */
export function trueDoor(
  { seconds, visits }: DoorTruth,
  camera: Camera,
  startedAtMs: number,
): { readonly moments: readonly Moment[]; readonly castIds: ReadonlyMap<string, string> } {
  const cameraId = toCameraId(camera.id);
  const keyOf = new Map(
    visits.filter(({ member }) => member).map(({ identity }) => [identity, toSubjectKey(newId())] as const),
  );
  const facesAt = new Map<number, Extract<Moment, { kind: 'overlay' }>>();
  for (let tick = 0; tick < seconds * DOOR_TRUTH_PER_SECOND; tick++) {
    overlayAt(startedAtMs + Math.round((tick * 1000) / DOOR_TRUTH_PER_SECOND));
  }
  function overlayAt(atMs: number): Extract<Moment, { kind: 'overlay' }> {
    const known = facesAt.get(atMs);
    if (known !== undefined) return known;
    const framesPerSecond = camera.framesPerSecond;
    const overlay = { kind: 'overlay' as const, cameraId, atMs, faces: [], framesPerSecond, dropped: 0 };
    facesAt.set(atMs, overlay);
    return overlay;
  }
  const moments = visits.flatMap((visit): Moment[] => {
    const trackId = newTrackId();
    const seen = visit.faces.filter(({ visible }) => visible >= FACE_VISIBLE_FROM);
    for (const { seconds: at, boxXyxy, inLane } of seen) {
      const atMs = startedAtMs + Math.round(at * 1000);
      overlayAt(atMs).faces.push({ trackId, boxXyxy: [...boxXyxy], inLane, state: { kind: 'anonymous' } });
    }
    const about = (at: number) => ({ cameraId, trackId, atMs: startedAtMs + Math.round(at * 1000) });
    const recognised = recognisedAt(visit, seen);
    return [
      { kind: 'entered', ...about(visit.enteredAtSeconds), inLane: visit.lane },
      ...(recognised === undefined
        ? []
        : [
            {
              kind: 'identified' as const,
              ...about(recognised),
              subjectKey: keyOf.get(visit.identity)!,
              decision: {
                network: 'truth',
                distance: 0,
                margin: 1,
                threshold: 0.5,
                frames: LOOKS_TO_RECOGNISE,
              },
            },
          ]),
      { kind: 'track-ended', ...about((visit.faces.at(-1)?.seconds ?? visit.enteredAtSeconds) + 1) },
    ];
  });
  return {
    moments: [...facesAt.values(), ...moments].toSorted((one, other) => one.atMs - other.atMs),
    castIds: new Map([...keyOf].map(([identity, key]) => [key, identity])),
  };
}

function recognisedAt(visit: TruthVisit, seen: TruthVisit['faces']): number | undefined {
  if (!visit.member) return undefined;
  return seen.filter(({ inLane }) => inLane)[LOOKS_TO_RECOGNISE - 1]?.seconds;
}
