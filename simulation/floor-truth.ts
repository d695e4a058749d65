import { Type, type Static } from 'typebox';
import { castMember } from './cast.ts';
import type { PaintedPerson } from './floor-sight.ts';
import { placeAt, type FloorDay, type FloorWalk } from './floor-walks.ts';
import type { Scenario } from './scenario.ts';
import { readTruthFile } from './truth.ts';
import type { FloorCamera } from './view.ts';

const Pair = Type.Tuple([Type.Number(), Type.Number()]);
const Box = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);

const TruthPlace = Type.Object({
  /** Of the video; goes on past its end for those who are inside then. */
  seconds: Type.Number(),
  /** Metres on the plan: across, down. */
  place: Pair,
  /** Ceiling cameras that show {@link VISIBLE_FROM} or more of the person. */
  visibleTo: Type.Array(Type.String()),
});

const TruthPerson = Type.Object({
  /** The same number as in the door's truth; staff have numbers behind the visits. */
  visit: Type.Integer({ minimum: 0 }),
  /** Who it is: an id of the cast. */
  identity: Type.String(),
  givenName: Type.String(),
  member: Type.Boolean(),
  /** Works there: inside from the beginning to the end of the video. */
  staff: Type.Boolean(),
  /** When the entrance line is crossed at the door. */
  enteredAtSeconds: Type.Number(),
  /** When the way out is passed; greater than `seconds` of the video for those who are inside at its end. */
  leftAtSeconds: Type.Number(),
  /** The time in the queue, if any. `servedAtSeconds` is null for who gave up. */
  queue: Type.Union([
    Type.Object({
      joinedAtSeconds: Type.Number(),
      servedAtSeconds: Type.Union([Type.Number(), Type.Null()]),
      leftAtSeconds: Type.Number(),
    }),
    Type.Null(),
  ]),
  /** Five a second, from the door to the way out. */
  path: Type.Array(TruthPlace),
});

const TruthSighting = Type.Object({
  visit: Type.Integer({ minimum: 0 }),
  /** Pixels: crown to soles; may reach out of the picture. */
  boxXyxy: Box,
  /** Pixels: around what can be seen of the person. */
  seenXyxy: Box,
  /** Pixels: where the picture has the floor beneath the person. */
  foot: Pair,
  /** 0..1 of the body: what neither people, nor fixtures, nor the picture's edge hide. */
  visible: Type.Number({ minimum: 0, maximum: 1 }),
});

/** What really happens on the floor of the virtual shop, in a video that begins again after `seconds`. */
const FloorTruth = Type.Object({
  version: Type.Literal(1),
  simulated: Type.Literal(true),
  seed: Type.Integer(),
  seconds: Type.Number(),
  people: Type.Array(TruthPerson),
  cameras: Type.Array(
    Type.Object({
      id: Type.String(),
      width: Type.Integer(),
      height: Type.Integer(),
      framesPerSecond: Type.Number(),
      /** Five a second, in order. */
      sightings: Type.Array(Type.Object({ seconds: Type.Number(), people: Type.Array(TruthSighting) })),
    }),
  ),
});

export type FloorTruth = Static<typeof FloorTruth>;
export type TruthPerson = Static<typeof TruthPerson>;
export type TruthSighting = Static<typeof TruthSighting>;

/** Somebody of whom a camera shows less is not called visible. */
export const VISIBLE_FROM = 0.4;
export const FLOOR_TRUTH_PER_SECOND = 5;

/** Somebody who is in the shop at a moment of the video, and where. */
export interface PresentPerson {
  readonly person: TruthPerson;
  readonly place: readonly [across: number, down: number];
  readonly visibleTo: readonly string[];
  /** Between crossing the entrance line and passing the way out. */
  readonly inside: boolean;
}

/** Everybody who is there at a moment of the video, also those who came before its last beginning. */
export function presentAt(truth: FloorTruth, seconds: number): PresentPerson[] {
  return truth.people.flatMap((person) => {
    const [first, last] = [person.path[0], person.path.at(-1)];
    if (!first || !last) return [];
    const elapsed = (seconds - first.seconds) % truth.seconds;
    const since = elapsed < 0 ? elapsed + truth.seconds : elapsed;
    const at = since * FLOOR_TRUTH_PER_SECOND;
    const before = person.path[Math.floor(at + 1e-6)];
    const after = person.path[Math.ceil(at - 1e-6)];
    if (!before || !after) return [];
    const t = Math.max(0, at - Math.floor(at + 1e-6));
    const now = first.seconds + since;
    const nearest = t < 0.5 ? before : after;
    return [
      {
        person,
        place: [
          before.place[0] + (after.place[0] - before.place[0]) * t,
          before.place[1] + (after.place[1] - before.place[1]) * t,
        ] as const,
        visibleTo: nearest.visibleTo,
        inside: now >= person.enteredAtSeconds && now < person.leftAtSeconds,
      },
    ];
  });
}

/** What a ceiling camera's pictures show, at moments of the truth. */
export interface CameraSightings {
  readonly camera: FloorCamera;
  /** By tick: the n-th at n / {@link FLOOR_TRUTH_PER_SECOND} seconds. */
  readonly ticks: readonly (readonly PaintedPerson[])[];
}

/** What the rendered videos show, in metres and in pixels. */
export function floorTruthOf(
  scenario: Scenario,
  day: FloorDay,
  sightings: readonly CameraSightings[],
): FloorTruth {
  return {
    version: 1,
    simulated: true,
    seed: scenario.seed,
    seconds: day.seconds,
    people: day.walks.map((walk) => ({
      visit: walk.visit,
      identity: walk.castId,
      givenName: castMember(walk.castId).givenName,
      member: walk.member,
      staff: walk.staff,
      enteredAtSeconds: walk.enteredAtSeconds,
      leftAtSeconds: walk.leftAtSeconds,
      queue: walk.queue
        ? {
            joinedAtSeconds: round(walk.queue.joinedAtSeconds, 10),
            servedAtSeconds:
              walk.queue.servedAtSeconds === null ? null : round(walk.queue.servedAtSeconds, 10),
            leftAtSeconds: round(walk.queue.leftAtSeconds, 10),
          }
        : null,
      path: pathOf(walk, day, sightings),
    })),
    cameras: sightings.map(({ camera, ticks }) => ({
      id: camera.id,
      ...camera.size,
      framesPerSecond: camera.framesPerSecond,
      sightings: ticks.map((people, tick) => ({
        seconds: tick / FLOOR_TRUTH_PER_SECOND,
        people: people.flatMap((one) =>
          one.visible < 0.01
            ? []
            : {
                visit: one.visit,
                boxXyxy: rounded(one.boxXyxy),
                seenXyxy: rounded(one.seenXyxy),
                foot: [round(one.foot[0], 10), round(one.foot[1], 10)] as [number, number],
                visible: round(one.visible, 100),
              },
        ),
      })),
    })),
  };
}

/** Reads what {@link import('./floor-render.ts').renderFloor} wrote. @throws UserError `simulation.truth-unreadable` */
export function readFloorTruth(path: string): Promise<FloorTruth> {
  return readTruthFile(path, FloorTruth, 'a rendered floor');
}

function pathOf(walk: FloorWalk, day: FloorDay, sightings: readonly CameraSightings[]): TruthPerson['path'] {
  const path: TruthPerson['path'] = [];
  const ticks = Math.round(day.seconds * FLOOR_TRUTH_PER_SECOND);
  for (let tick = Math.ceil(walk.firstStep / 2); path.length < ticks; tick++) {
    const seconds = tick / FLOOR_TRUTH_PER_SECOND;
    const place = placeAt(walk, day, seconds);
    if (!place) break;
    const visibleTo = sightings.flatMap(({ camera, ticks: seen }) => {
      const here = seen[tick % ticks]?.find(({ visit }) => visit === walk.visit);
      return here && here.visible >= VISIBLE_FROM ? [camera.id] : [];
    });
    path.push({ seconds, place: [round(place[0], 1000), round(place[1], 1000)], visibleTo });
  }
  return path;
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}

function rounded(box: PaintedPerson['boxXyxy']): [number, number, number, number] {
  const [left, top, right, bottom] = box;
  return [round(left, 10), round(top, 10), round(right, 10), round(bottom, 10)];
}
