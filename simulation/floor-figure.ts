import type { Clothes } from './body.ts';
import { castMember } from './cast.ts';
import type { Cutout, CutoutLevel } from './cutout.ts';
import { placeAt, type FloorDay, type FloorWalk } from './floor-walks.ts';
import { STEPS_PER_SECOND } from './floor-time.ts';
import type { PlanPoint } from './pose-camera.ts';

/** A person on the floor at a moment. */
export interface FloorStance {
  readonly place: PlanPoint;
  /** Unit vector on the plan: where the person walks, or looks when standing. */
  readonly facing: PlanPoint;
  /** 0..1: stands, or walks. */
  readonly stride: number;
  /** Angle in the cycle of two steps, radians. */
  readonly gait: number;
}

/** The same photographs turned: as they are, mirrored, and from behind. */
export interface Views {
  readonly front: Cutout;
  readonly mirrored: Cutout;
  readonly back: Cutout;
}

const STEP_METRES = 0.62;
/** Slower than this is shuffling on the spot. */
const STRIDE_FROM = 0.12;
const STRIDE_FULL = 0.55;
/** What a house's clothes look like: those who work there wear them. */
const HOUSE: Clothes = { top: '#1f6f78', bottom: '#2b2b33', kind: 'trousers', sleeves: true };

/** Everybody's stance at a moment; made once a day, since directions and steps need the whole way. */
export function createStances(
  day: FloorDay,
): (seconds: number) => { walk: FloorWalk; stance: FloorStance }[] {
  const tracks = day.walks.map((walk) => ({ walk, ...turnsOf(walk) }));
  return (seconds) =>
    tracks.flatMap(({ walk, facings, metres, speeds }) => {
      const place = placeAt(walk, day, seconds);
      if (!place) return [];
      const elapsed = seconds - walk.firstStep / STEPS_PER_SECOND;
      const within = ((elapsed % day.seconds) + day.seconds) % day.seconds;
      const at = within * STEPS_PER_SECOND;
      const index = Math.min(walk.places.length - 1, Math.floor(at));
      const next = Math.min(walk.places.length - 1, index + 1);
      const t = at - index;
      const speed = speeds[index]! + (speeds[next]! - speeds[index]!) * t;
      const walked = metres[index]! + (metres[next]! - metres[index]!) * t;
      const angle = facings[index]!;
      return [
        {
          walk,
          stance: {
            place,
            facing: [Math.cos(angle), Math.sin(angle)] as const,
            stride: Math.min(1, Math.max(0, (speed - STRIDE_FROM) / (STRIDE_FULL - STRIDE_FROM))),
            gait: walk.gaitPhase + (walked / STEP_METRES) * Math.PI,
          },
        },
      ];
    });
}

export function clothesOf(walk: FloorWalk): Clothes {
  return walk.staff ? HOUSE : castMember(walk.castId).clothes;
}

/** Turns a cut-out; only sizes that a ceiling camera needs are kept. */
export function viewsOf(cutout: Cutout, largestPixelsPerMetre: number): Views {
  const first = cutout.levels[0]!;
  const needed = cutout.levels.filter(({ pixelsPerMetre }) => pixelsPerMetre <= largestPixelsPerMetre);
  const [left, top, right, bottom] = cutout.faceXyxy;
  // What stands in metres is read from the first level, so it stays, also where nothing is drawn from it.
  const empty: CutoutLevel = {
    ...first,
    width: 0,
    height: 0,
    rgba: new Uint8ClampedArray(new SharedArrayBuffer(0)),
  };
  const front: Cutout = { ...cutout, levels: [empty, ...needed] };
  return {
    front,
    mirrored: {
      ...front,
      faceXyxy: [first.width - right, top, first.width - left, bottom],
      seam: {
        y: cutout.seam.y,
        left: first.width - cutout.seam.right,
        right: first.width - cutout.seam.left,
      },
      levels: [empty, ...needed.map(mirrored)],
    },
    back: { ...front, levels: [empty, ...needed.map((level) => fromBehind(level, cutout))] },
  };
}

/** By step: direction (radians on the plan), metres walked, metres a second. People turn, they don't flip. */
function turnsOf(walk: FloorWalk): { facings: number[]; metres: number[]; speeds: number[] } {
  const { places, towards } = walk;
  const facings: number[] = [];
  const metres: number[] = [];
  const speeds: number[] = [];
  let angle: number | undefined;
  let walked = 0;
  for (const [index, place] of places.entries()) {
    const before = places[Math.max(0, index - 1)]!;
    const after = places[Math.min(places.length - 1, index + 1)]!;
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const steps = Math.max(1, Math.min(places.length - 1, index + 1) - Math.max(0, index - 1));
    const speed = (Math.hypot(dx, dy) * STEPS_PER_SECOND) / steps;
    walked += Math.hypot(place[0] - before[0], place[1] - before[1]);
    const look = towards[index];
    const wanted =
      speed > 0.25 ? Math.atan2(dy, dx) : look ? Math.atan2(look[1] - place[1], look[0] - place[0]) : angle;
    if (wanted !== undefined) angle = angle === undefined ? wanted : turned(angle, wanted, TURN_A_STEP);
    facings.push(angle ?? 0);
    metres.push(walked);
    speeds.push(speed);
  }
  return { facings, metres, speeds };
}

/** Radians that somebody turns in a tenth of a second. */
const TURN_A_STEP = 0.32;

function turned(from: number, to: number, most: number): number {
  const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  return from + Math.max(-most, Math.min(most, turn));
}

function mirrored(level: CutoutLevel): CutoutLevel {
  const { width, height, rgba } = level;
  const out = new Uint8ClampedArray(new SharedArrayBuffer(rgba.length));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4;
      out.set(rgba.subarray(from, from + 4), (y * width + width - 1 - x) * 4);
    }
  }
  return { ...level, rgba: out };
}

/** Hair where the face is: the outline of a head is the same from behind. */
function fromBehind(level: CutoutLevel, cutout: Cutout): CutoutLevel {
  const { width, height, rgba } = level;
  const scale = level.pixelsPerMetre / cutout.levels[0]!.pixelsPerMetre;
  const [left, top, right, bottom] = cutout.faceXyxy.map((value) => value * scale) as [
    number,
    number,
    number,
    number,
  ];
  const hair = medianColour(level, left, top - (bottom - top) * 0.3, right, top + (bottom - top) * 0.05);
  const [middle, half] = [(left + right) / 2, ((right - left) / 2) * 1.25];
  const [centre, reach] = [top + (bottom - top) * 0.62, (bottom - top) * 0.95];
  const out = new Uint8ClampedArray(new SharedArrayBuffer(rgba.length));
  out.set(rgba);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5 - middle) / half;
      const v = (y + 0.5 - centre) / reach;
      const inside = Math.min(1, Math.max(0, (1.15 - Math.hypot(u, v)) / 0.2));
      if (inside === 0) continue;
      const at = (y * width + x) * 4;
      const cover = rgba[at + 3]! / 255;
      const light = 0.92 - 0.22 * u * u + 0.08 * Math.sin(u * 14);
      for (let c = 0; c < 3; c++) {
        out[at + c] = rgba[at + c]! * (1 - inside) + hair[c]! * light * cover * inside;
      }
    }
  }
  return { ...level, rgba: out };
}

function medianColour(
  { width, height, rgba }: CutoutLevel,
  left: number,
  top: number,
  right: number,
  bottom: number,
): readonly [number, number, number] {
  const found: { readonly sum: number; readonly colour: readonly [number, number, number] }[] = [];
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      const at = (y * width + x) * 4;
      if (rgba[at + 3]! < 240) continue;
      const colour = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!] as const;
      found.push({ sum: colour[0] + colour[1] + colour[2], colour });
    }
  }
  found.sort((a, b) => a.sum - b.sum);
  return found[found.length >> 1]?.colour ?? [52, 40, 34];
}
