import type { CameraId } from '../../runtime/ids.ts';
import type { Appearance } from './sighting.ts';

/**
 * What a person has looked like to each camera: running means of colour histograms. One camera's colours are compared with
 * the same camera's where that is possible, because light and lens differ.
 */
export interface Looks {
  add(cameraId: CameraId, appearance: Appearance): void;
  /** How many sights it is made of. */
  readonly sights: number;
  copy(): Looks;
  readonly byCamera: ReadonlyMap<CameraId, CameraLooks>;
}
export interface CameraLooks {
  readonly mean: Appearance;
  readonly sights: number;
}

/** Share of a new sight once some were seen: clothes don't change, poses do. */
const GAIN = 0.05;

/**
 * How far apart the colours of one person's clothes are from sight to sight, and those of two people (Hellinger's distance;
 * mean and standard deviation; README.md tells of what). Upper bodies are seen well. Legs are hidden behind furniture and
 * people, so they say less, and that they look different says little.
 */
const UPPER = { own: 0.19, ownSigma: 0.09, oneSightSigma: 0.12, other: 0.62, otherSigma: 0.19 } as const;
const LOWER = { own: 0.28, ownSigma: 0.16, oneSightSigma: 0.14, other: 0.63, otherSigma: 0.2 } as const;
const OTHER_CAMERA = 0.06;
const LOWER_WEIGHT = 0.5;
const LEAST_LOWER = -1;
/** A part of a body of which the picture shows less than this tells nothing. */
const LEAST_SEEN = 0.1;
/** Many people wear black, and light plays tricks: looks never decide alone. Nats. */
const MOST_ALIKE = 4;
const MOST_UNLIKE = 5;

export function createLooks(from?: Looks): Looks {
  const byCamera = new Map<CameraId, CameraLooks>(from?.byCamera);
  let sights = from?.sights ?? 0;
  const looks: Looks = {
    add(cameraId, appearance) {
      sights++;
      const before = byCamera.get(cameraId);
      if (before?.mean.length !== appearance.length) {
        byCamera.set(cameraId, { mean: appearance, sights: 1 });
        return;
      }
      const gain = Math.max(GAIN, 1 / (before.sights + 1));
      byCamera.set(cameraId, {
        mean: before.mean.map((share, bin) => share + gain * (appearance[bin]! - share)),
        sights: before.sights + 1,
      });
    },
    get sights() {
      return sights;
    },
    copy: () => createLooks(looks),
    byCamera,
  };
  return looks;
}

/** How somebody looks in some sights. */
export function looksOfSights(
  sights: readonly { readonly cameraId: CameraId; readonly appearance: Appearance | undefined }[],
): Looks {
  const looks = createLooks();
  for (const { cameraId, appearance } of sights)
    if (appearance !== undefined) looks.add(cameraId, appearance);
  return looks;
}

/** The looks of a single sight. */
export function looksOf(cameraId: CameraId, appearance: Appearance | undefined): Looks {
  const looks = createLooks();
  if (appearance !== undefined) looks.add(cameraId, appearance);
  return looks;
}

/**
 * How much likelier it is that these are one person's clothes than two people's: the logarithm of the odds, in nats. 0 where
 * one of them was never seen well.
 */
export function lookEvidence(one: Looks, other: Looks): number {
  let [sum, count] = [0, 0];
  for (const [cameraId, its] of one.byCamera) {
    const same = other.byCamera.get(cameraId);
    if (same?.mean.length !== its.mean.length) continue;
    sum += evidence(its, same, 0);
    count++;
  }
  if (count > 0) return sum / count;
  for (const its of one.byCamera.values()) {
    for (const against of other.byCamera.values()) {
      if (against.mean.length !== its.mean.length) continue;
      sum += evidence(its, against, OTHER_CAMERA);
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}

function evidence(one: CameraLooks, other: CameraLooks, farther: number): number {
  const half = one.mean.length / 2;
  const sights = Math.min(one.sights, other.sights);
  const upper = odds(hellinger(one.mean, other.mean, 0, half), UPPER, sights, farther);
  const lower = odds(hellinger(one.mean, other.mean, half, 2 * half), LOWER, sights, farther);
  const both = upper + LOWER_WEIGHT * Math.max(LEAST_LOWER, lower);
  return Math.max(-MOST_UNLIKE, Math.min(MOST_ALIKE, both));
}

function odds(
  distance: number | undefined,
  part: typeof UPPER | typeof LOWER,
  sights: number,
  farther: number,
): number {
  if (distance === undefined) return 0;
  const sigma = Math.hypot(part.ownSigma, part.oneSightSigma / Math.sqrt(sights));
  const own = Math.max(0, distance - part.own - farther) / sigma; // closer than usual is no less likely
  const other = Math.min(0, distance - part.other) / part.otherSigma;
  return -0.5 * own * own - Math.log(sigma) + 0.5 * other * other + Math.log(part.otherSigma);
}

/** E. Hellinger 1909, of a part of two histograms: the square root of one minus Bhattacharyya's coefficient. */
export function hellinger(one: Appearance, other: Appearance, from = 0, to = one.length): number | undefined {
  let [common, sumOne, sumOther] = [0, 0, 0];
  for (let bin = from; bin < to; bin++) {
    common += Math.sqrt(one[bin]! * other[bin]!);
    sumOne += one[bin]!;
    sumOther += other[bin]!;
  }
  const whole = Math.sqrt(sumOne * sumOther);
  return whole < LEAST_SEEN ? undefined : Math.sqrt(Math.max(0, 1 - common / whole));
}
