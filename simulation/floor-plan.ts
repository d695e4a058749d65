import type { PlanPoint } from './pose-camera.ts';

/*
 * The floor of the virtual shop in metres of the plan: what stands on it, where people stop, wait, pay and leave.
 * config/demo/store.yaml says the same to the store, and a test holds that both agree.
 */

export const PLAN_METRES = { width: 14, height: 9 } as const;

/** The door camera hangs inside and looks at the door, which is in the left wall. */
export const DOOR_POSE = { place: [6.2, 2.75], bearingDegrees: 270 } as const;

/** A place of the door's scene (across and away from the door camera's wall) on the floor plan. */
export function doorToPlan(across: number, away: number): PlanPoint {
  return [DOOR_POSE.place[0] - away, DOOR_POSE.place[1] - across];
}

export type FixtureKind = 'wall' | 'shelf' | 'rail' | 'table' | 'counter' | 'partition' | 'curtain';

/** Something upright that stands on the floor and hides what is behind it. */
export interface Fixture {
  readonly name: string;
  readonly kind: FixtureKind;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly heightMetres: number;
}

const fixture = (
  name: string,
  kind: FixtureKind,
  [left, top, right, bottom]: readonly [number, number, number, number],
  heightMetres: number,
): Fixture => ({ name, kind, left, top, right, bottom, heightMetres });

/** Nobody walks through these. */
export const FIXTURES: readonly Fixture[] = [
  fixture('wall between the ways in and out', 'wall', [0, 5.5, 2.6, 5.6], 2.7),
  fixture('front of the way out, one side', 'wall', [2.5, 5.6, 2.6, 6.5], 2.7),
  fixture('front of the way out, other side', 'wall', [2.5, 8.1, 2.6, 9], 2.7),
  fixture('shelves by the entrance', 'shelf', [4.6, 0, 8, 0.35], 1.9),
  fixture('shelves at the back', 'shelf', [10, 0, 13.2, 0.35], 1.9),
  fixture('knitwear table', 'table', [7.2, 2.5, 8.4, 3.3], 0.8),
  fixture('coat rail', 'rail', [5.1, 4.5, 6.9, 4.9], 1.4),
  fixture('dress rail', 'rail', [10.2, 1.7, 11.8, 2.1], 1.4),
  fixture('shoe shelf', 'shelf', [9.9, 3.8, 11.5, 4.2], 1.5),
  fixture('accessories table', 'table', [10.3, 6, 11.5, 6.8], 0.8),
  fixture('counter', 'counter', [5.1, 7.6, 7.3, 8.1], 1),
  ...[2.9, 4.1, 5.3, 6.5].map((y) =>
    fixture('fitting room wall', 'partition', [12.8, y - 0.03, 14, y + 0.03], 2.1),
  ),
];

/** They hide as well, and people walk through them. */
export const CURTAINS: readonly Fixture[] = [2.9, 4.1, 5.3].map((y) =>
  fixture('fitting room curtain', 'curtain', [12.78, y + 0.03, 12.82, y + 1.17], 2.1),
);

/** Where people stop, and towards what they look then. */
export interface Stop {
  readonly place: PlanPoint;
  readonly towards: PlanPoint;
}

const stop = (x: number, y: number, towardsX: number, towardsY: number): Stop => ({
  place: [x, y],
  towards: [towardsX, towardsY],
});

export const STOPS: readonly Stop[] = [
  stop(11, 0.85, 11, 0.2),
  stop(12.4, 0.85, 12.4, 0.2),
  stop(7.8, 1.95, 7.8, 2.8),
  stop(8.95, 2.9, 8, 2.9),
  stop(7.5, 3.85, 7.5, 3),
  stop(6.3, 5.45, 6.3, 4.8),
  stop(5.4, 5.45, 5.4, 4.8),
  stop(10.6, 2.65, 10.6, 2),
  stop(11.5, 1.3, 11.5, 1.9),
  stop(9.7, 1.8, 10.6, 1.9),
  stop(10.3, 4.75, 10.3, 4.1),
  stop(11.2, 4.75, 11.2, 4.1),
  stop(10.9, 3.25, 10.9, 4),
  stop(9.8, 6.1, 10.9, 6.4),
  stop(11, 5.5, 11, 6.2),
  stop(12, 6.8, 11, 6.5),
  stop(10.8, 7.35, 10.8, 6.6),
];

/** Behind the curtains. */
export const FITTING_ROOMS: readonly { readonly before: PlanPoint; readonly inside: PlanPoint }[] = [
  3.5, 4.7, 5.9,
].map((y) => ({ before: [12.35, y], inside: [13.4, y] }));

/** Where the one who pays stands, and behind her those who wait, the first first. */
export const TILL: Stop = stop(6.2, 7.15, 6.2, 8);
export const QUEUE: readonly PlanPoint[] = [
  [7.1, 7],
  [7.75, 6.6],
  [8.3, 6.1],
  [8.8, 5.5],
];

/** Through the way out: who passes the first has left the shop, and the second is far enough to be forgotten. */
export const WAY_OUT: readonly [PlanPoint, PlanPoint] = [
  [2.55, 7.3],
  [1.5, 7.3],
];

export const STAFF = {
  /** Behind the till. */
  till: [6.2, 8.5],
  /** Where the other one is when not out on the floor. */
  desk: [7.05, 8.55],
} as const satisfies Record<string, PlanPoint>;
