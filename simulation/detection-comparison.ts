import { intersectionOverUnion, type BoxXyxy } from '../vision/faces/geometry.ts';
import { FLOOR_TRUTH_PER_SECOND, VISIBLE_FROM, type FloorTruth, type TruthSighting } from './floor-truth.ts';

/** A box that is said to hold a person, and how surely, 0..1. */
export interface Claim {
  readonly boxXyxy: BoxXyxy;
  readonly score: number;
}

/** Somebody in a picture. */
export interface Shown {
  readonly visit: number;
  readonly boxXyxy: BoxXyxy;
  /** Around what can be seen. */
  readonly seenXyxy: BoxXyxy;
  readonly visible: number;
}

/** What became of claims: by claim whom it holds, `nobody`, or somebody whom a better one holds as well. */
export interface Matched {
  readonly holds: readonly (number | 'nobody' | 'double')[];
  /** By person the score of the claim that holds them; undefined: none. */
  readonly scores: readonly (number | undefined)[];
}

/** How well people were found in the pictures of one camera. */
export interface CameraFigures {
  readonly looks: number;
  /** Of people so visible: how many pictures of them, and the share with a sure box, and with any. */
  readonly byVisibility: Readonly<Record<string, { people: number; sure: number; any: number }>>;
  /** Sure boxes in all; the share that is nobody, and the share that is a second box of somebody. */
  readonly sureBoxes: number;
  readonly nobody: number;
  readonly doubles: number;
  /** The same of boxes that were told after following; undefined where nobody was followed. */
  readonly told?: { readonly boxes: number; readonly nobody: number; readonly doubles: number };
}

export interface CameraLooks {
  readonly cameraId: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Moments of the truth, `FLOOR_TRUTH_PER_SECOND` a second. */
  readonly looks: readonly {
    readonly seconds: number;
    readonly found: readonly Claim[];
    /** What is told of them after following. */
    readonly told?: readonly Claim[];
  }[];
}

export interface DetectionComparison {
  readonly cameras: Readonly<Record<string, CameraFigures>>;
  /** Of people who were shown by some camera through the last 1.2 s: the share with a sure box of any camera in it. */
  readonly foundWithin: number | null;
  /** The same with a box that was told after following. */
  readonly toldWithin: number | null;
  readonly personMoments: number;
}

/** From that score of ours on, a detector calls it a person (`person-score.ts`). */
export const SURE_SCORE = 0.6;
/** A box holds somebody when it overlaps the body, or what can be seen of it, by so much (intersection over union). */
const LEAST_OVERLAP = 0.3;
/** Whoever shows less can't be found, but a box that is on them is no mistake. */
const SOMETHING_VISIBLE = 0.03;
const VISIBILITY_FROM = [0.8, 0.6, 0.4, SOMETHING_VISIBLE];
/** Within so many looks somebody must be found. */
const WITHIN_LOOKS = 6;

/** Compares what was found in pictures with who was in them. */
export function compareDetection(cameras: readonly CameraLooks[], truth: FloorTruth): DetectionComparison {
  const figures: Record<string, CameraFigures> = {};
  const shownAt = createMoments();
  const foundAt = createMoments();
  const toldAt = createMoments();
  for (const { cameraId, size, looks } of cameras) {
    const sightings = truth.cameras.find(({ id }) => id === cameraId)?.sightings ?? [];
    const counter = createCounter();
    for (const { seconds, found, told } of looks) {
      const tick = Math.round(seconds * FLOOR_TRUTH_PER_SECOND);
      const people = shownIn(sightings[tick]?.people ?? [], size);
      const any = matchClaims(found, people);
      const sure = matchClaims(
        found.filter(({ score }) => score >= SURE_SCORE),
        people,
      );
      const followed = told && matchClaims(told, people);
      counter.add(people, any, sure, followed);
      for (const [index, { visit, visible }] of people.entries()) {
        if (visible >= VISIBLE_FROM) shownAt.add(tick, visit);
        if (sure.scores[index] !== undefined) foundAt.add(tick, visit);
        if (followed?.scores[index] !== undefined) toldAt.add(tick, visit);
      }
    }
    figures[cameraId] = counter.figures();
  }
  let [moments, found, told] = [0, 0, 0];
  for (const [tick, visit] of shownAt.all()) {
    const recent = Array.from({ length: WITHIN_LOOKS }, (_, back) => tick - back);
    if (!recent.every((one) => shownAt.has(one, visit))) continue;
    moments++;
    if (recent.some((one) => foundAt.has(one, visit))) found++;
    if (recent.some((one) => toldAt.has(one, visit))) told++;
  }
  const share = (count: number): number | null => (moments === 0 ? null : count / moments);
  return { cameras: figures, foundWithin: share(found), toldWithin: share(told), personMoments: moments };
}

/** Gives boxes to people one by one, the best overlap first. */
export function matchClaims(claims: readonly Claim[], people: readonly Shown[]): Matched {
  const overlapOf = ({ boxXyxy }: Claim, person: Shown): number =>
    Math.max(intersectionOverUnion(boxXyxy, person.boxXyxy), intersectionOverUnion(boxXyxy, person.seenXyxy));
  const pairs = claims.flatMap((claim, index) =>
    people.flatMap((person, at) => {
      const overlap = overlapOf(claim, person);
      return overlap >= LEAST_OVERLAP ? [{ index, at, overlap }] : [];
    }),
  );
  const holds: (number | 'nobody' | 'double')[] = claims.map(() => 'nobody');
  const scores: (number | undefined)[] = people.map(() => undefined);
  for (const { index, at } of pairs.sort((one, other) => other.overlap - one.overlap)) {
    if (typeof holds[index] === 'number') continue;
    if (scores[at] === undefined) {
      holds[index] = at;
      scores[at] = claims[index]!.score;
    } else {
      holds[index] = 'double';
    }
  }
  return { holds, scores };
}

/** People as the picture's edge leaves them. */
function shownIn(
  people: readonly TruthSighting[],
  { width, height }: { readonly width: number; readonly height: number },
): Shown[] {
  const within = ([left, top, right, bottom]: BoxXyxy): BoxXyxy => [
    Math.max(0, left),
    Math.max(0, top),
    Math.min(width, right),
    Math.min(height, bottom),
  ];
  return people
    .filter(({ visible }) => visible >= SOMETHING_VISIBLE)
    .map(({ visit, boxXyxy, seenXyxy, visible }) => ({
      visit,
      boxXyxy: within(boxXyxy),
      seenXyxy: within(seenXyxy),
      visible,
    }));
}

function createCounter(): {
  add(people: readonly Shown[], any: Matched, sure: Matched, told: Matched | undefined): void;
  figures(): CameraFigures;
} {
  const bins = VISIBILITY_FROM.map((from) => ({ from, people: 0, sure: 0, any: 0 }));
  const boxes = { sure: 0, sureNobody: 0, sureDouble: 0, told: 0, toldNobody: 0, toldDouble: 0 };
  let looks = 0;
  let isFollowed = false;
  const countOf = ({ holds }: Matched, what: string): number => holds.filter((one) => one === what).length;
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    add(people, any, sure, told) {
      looks++;
      for (const [index, { visible }] of people.entries()) {
        const bin = bins.find(({ from }) => visible >= from)!;
        bin.people++;
        if (sure.scores[index] !== undefined) bin.sure++;
        if (any.scores[index] !== undefined) bin.any++;
      }
      boxes.sure += sure.holds.length;
      boxes.sureNobody += countOf(sure, 'nobody');
      boxes.sureDouble += countOf(sure, 'double');
      if (!told) return;
      isFollowed = true;
      boxes.told += told.holds.length;
      boxes.toldNobody += countOf(told, 'nobody');
      boxes.toldDouble += countOf(told, 'double');
    },
    figures: () => ({
      looks,
      byVisibility: Object.fromEntries(
        bins.map(({ from, people, sure, any }) => [
          `from ${from}`,
          { people, sure: share(sure, people), any: share(any, people) },
        ]),
      ),
      sureBoxes: boxes.sure,
      nobody: share(boxes.sureNobody, boxes.sure),
      doubles: share(boxes.sureDouble, boxes.sure),
      ...(isFollowed && {
        told: {
          boxes: boxes.told,
          nobody: share(boxes.toldNobody, boxes.told),
          doubles: share(boxes.toldDouble, boxes.told),
        },
      }),
    }),
  };
}

/** Who was there at which moments. */
function createMoments(): {
  add(tick: number, visit: number): void;
  has(tick: number, visit: number): boolean;
  all(): [tick: number, visit: number][];
} {
  const byTick = new Map<number, Set<number>>();
  return {
    add(tick, visit) {
      byTick.set(tick, (byTick.get(tick) ?? new Set()).add(visit));
    },
    has: (tick, visit) => byTick.get(tick)?.has(visit) === true,
    all: () =>
      [...byTick].flatMap(([tick, visits]) => [...visits].map((visit): [number, number] => [tick, visit])),
  };
}
