import { CAST, type CastMember } from './cast.ts';
import type { Place } from './pinhole.ts';
import { seededRandom, type Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA, ENTRANCE_LINE, SCENE } from './scene.ts';

/** One person's way through the door. */
export interface Walk {
  /** Number in order of arrival, from 0. */
  readonly visit: number;
  readonly castId: string;
  readonly member: boolean;
  readonly lane: boolean;
  /** Seconds of the video at which the walk begins in the street. */
  readonly startSeconds: number;
  readonly metresPerSecond: number;
  /** To the top of the head. */
  readonly heightMetres: number;
  /** Across at the door and further in. */
  readonly doorAcross: number;
  readonly insideAcross: number;
  /** Where in the step cycle the walk begins, radians. */
  readonly gaitPhase: number;
}

/** Where a walker is at a moment. */
export interface Stance {
  readonly across: number;
  readonly away: number;
  readonly metresWalked: number;
  /** Angle in the cycle of two steps, radians. */
  readonly gait: number;
  /** Rise of the body above its mean, metres. */
  readonly bob: number;
  /** Lean to the side, radians, positive to the picture's right. */
  readonly sway: number;
}

/** A step is about so long; two make a cycle. */
const STEP_METRES = 0.62;
const BOB_METRES = 0.013;
const SWAY_METRES = 0.014;
const SWAY_RADIANS = 0.016;
/** Between people on one path: less, and the one in front hides the one behind. */
const LANE_GAP_METRES = 1.45;
const FREE_GAP_METRES = 1.15;
/** The same person doesn't come back sooner. */
const RETURN_SECONDS = 25;

/** Who walks when and where: everything that the video and its truth are made from. */
export function planWalks(scenario: Scenario): Walk[] {
  const random = seededRandom(scenario.seed, 'visits');
  const kinds = kindsOfVisit(scenario, random);
  const starts = arrivals(scenario, kinds.length, random);
  const people = new Casting(scenario, random);
  const walks: Walk[] = [];
  for (const [visit, { member, lane }] of kinds.entries()) {
    const heightMetres = random.between(1.63, 1.77);
    const wanted = {
      visit,
      member,
      lane,
      startSeconds: starts[visit]!,
      metresPerSecond: lane ? random.between(0.88, 1.06) : random.between(0.95, 1.25),
      heightMetres,
      doorAcross: lane ? random.between(-0.1, 0.45) : random.between(-0.55, -0.1),
      insideAcross: lane ? random.between(0.24, 0.36) : random.between(...SCENE.freeAcross),
      gaitPhase: random.between(0, 2 * Math.PI),
    };
    const startSeconds = roundToMs(afterThoseAhead(wanted, walks));
    walks.push({ ...wanted, startSeconds, castId: people.next(member, startSeconds) });
  }
  return walks;
}

/** Seconds until the last walker has left the picture. */
export function planSeconds(scenario: Scenario, walks: readonly Walk[]): number {
  const last = Math.max(0, ...walks.map((walk) => walk.startSeconds + walkSeconds(walk)));
  return Math.max(scenario.minutes * 60, last + 0.5);
}

export function walkSeconds(walk: Pick<Walk, 'metresPerSecond'>): number {
  return (SCENE.startAway - SCENE.gone) / walk.metresPerSecond;
}

/** Where a walker is, or undefined before and after the walk. */
export function stanceAt(walk: Walk, seconds: number): Stance | undefined {
  const elapsed = seconds - walk.startSeconds;
  if (elapsed < 0 || elapsed > walkSeconds(walk)) return undefined;
  const metresWalked = elapsed * walk.metresPerSecond;
  const away = SCENE.startAway - metresWalked;
  const gait = walk.gaitPhase + (metresWalked / STEP_METRES) * Math.PI;
  const turn = smoothstep(SCENE.doorAway - 0.2, SCENE.portalAway - 0.2, away);
  return {
    across: walk.doorAcross + (walk.insideAcross - walk.doorAcross) * turn + SWAY_METRES * Math.sin(gait),
    away,
    metresWalked,
    gait,
    bob: BOB_METRES * Math.cos(2 * gait),
    sway: SWAY_RADIANS * Math.sin(gait + 0.4),
  };
}

/** The centre of the face, which the cut-out hangs on. */
export function facePlace(walk: Walk, stance: Stance): Place {
  return { across: stance.across, height: walk.heightMetres - 0.125 + stance.bob, away: stance.away };
}

/** When the face's centre passes the entrance line, found by halving: a walker only ever comes nearer. */
export function entrySeconds(walk: Walk): number {
  const line = ENTRANCE_LINE.from[1] * DOOR_CAMERA.geometry.height;
  let before = walk.startSeconds;
  let after = walk.startSeconds + walkSeconds(walk);
  while (after - before > 0.001) {
    const middle = (before + after) / 2;
    const stance = stanceAt(walk, middle);
    if (stance && DOOR_CAMERA.project(facePlace(walk, stance)).y < line) before = middle;
    else after = middle;
  }
  return roundToMs(after);
}

interface KindOfVisit {
  readonly member: boolean;
  readonly lane: boolean;
}

/** Shares are met as nearly as whole people allow, then shuffled. */
function kindsOfVisit(scenario: Scenario, random: Random): KindOfVisit[] {
  const members = Math.round(scenario.shoppers * scenario.memberShare);
  const others = scenario.shoppers - members;
  const list = (member: boolean, count: number, laneShare: number): KindOfVisit[] => {
    const inLane = Math.round(count * laneShare);
    return Array.from({ length: count }, (_, index) => ({ member, lane: index < inLane }));
  };
  return random.shuffled([
    ...list(true, members, scenario.laneShare.members),
    ...list(false, others, scenario.laneShare.others),
  ]);
}

/**
 * A Poisson process of which the number of arrivals is known has its arrivals spread evenly at random (order statistics).
 * Some people are then moved close behind the one before them: they came together.
 */
function arrivals(scenario: Scenario, count: number, random: Random): number[] {
  const slowestWalk = (SCENE.startAway - SCENE.gone) / 0.88;
  const last = Math.max(0, scenario.minutes * 60 - slowestWalk);
  const times = Array.from({ length: count }, () => random.between(0, last)).sort((a, b) => a - b);
  for (let index = 1; index < count; index++) {
    if (random.unit() < scenario.groupShare) times[index] = times[index - 1]! + random.between(0.4, 1.2);
  }
  return times.sort((a, b) => a - b);
}

/** The first moment from the wanted one at which nobody on the same path is run into all the way. */
function afterThoseAhead(wanted: Omit<Walk, 'castId'>, walks: readonly Walk[]): number {
  let start = wanted.startSeconds;
  for (const ahead of walks) {
    if (ahead.lane !== wanted.lane) continue;
    const gap = wanted.lane ? LANE_GAP_METRES : FREE_GAP_METRES;
    const atStart = ahead.startSeconds + gap / ahead.metresPerSecond;
    // The one behind may be faster: the gap must still be there when the one ahead leaves the picture.
    const atEnd =
      ahead.startSeconds + walkSeconds(ahead) + gap / wanted.metresPerSecond - walkSeconds(wanted);
    start = Math.max(start, atStart, atEnd);
  }
  return start;
}

/** Gives out people so that everyone comes about equally often and nobody twice at the same time. */
class Casting {
  readonly #queues: { readonly member: CastMember[]; readonly other: CastMember[] };
  readonly #lastSeen = new Map<string, number>();

  constructor(scenario: Scenario, random: Random) {
    const cast = random.shuffled(CAST);
    this.#queues = {
      member: cast.filter(({ id }) => scenario.members.includes(id)),
      other: cast.filter(({ id }) => !scenario.members.includes(id)),
    };
  }

  next(member: boolean, seconds: number): string {
    const queue = member ? this.#queues.member : this.#queues.other;
    const free = queue.findIndex(
      ({ id }) => seconds - (this.#lastSeen.get(id) ?? -Infinity) > RETURN_SECONDS,
    );
    const [chosen] = queue.splice(Math.max(0, free), 1);
    queue.push(chosen!);
    this.#lastSeen.set(chosen!.id, seconds);
    return chosen!.id;
  }
}

/** 0 at `from`, 1 at `to`, without corners; `from` may be the greater. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

function roundToMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
