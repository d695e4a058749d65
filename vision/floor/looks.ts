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
  readonly byCamera: ReadonlyMap<CameraId, Appearance>;
}

/** Share of a new sight once some were seen: clothes don't change, poses do. */
const GAIN = 0.1;

export function createLooks(from?: Looks): Looks {
  const byCamera = new Map<CameraId, Appearance>(from?.byCamera);
  let sights = from?.sights ?? 0;
  const looks: Looks = {
    add(cameraId, appearance) {
      sights++;
      const before = byCamera.get(cameraId);
      if (before?.length !== appearance.length) {
        byCamera.set(cameraId, appearance);
        return;
      }
      const gain = Math.max(GAIN, 1 / sights);
      byCamera.set(
        cameraId,
        before.map((share, bin) => share + gain * (appearance[bin]! - share)),
      );
    },
    get sights() {
      return sights;
    },
    copy: () => createLooks(looks),
    byCamera,
  };
  return looks;
}

/**
 * How different two people look: Hellinger's distance of their histograms, 0 (the same) to 1 (no colour in common).
 * Undefined where one of them was never seen well.
 */
export function lookDistance(one: Looks, other: Looks): number | undefined {
  let [sum, count] = [0, 0];
  for (const [cameraId, histogram] of one.byCamera) {
    const same = other.byCamera.get(cameraId);
    if (same?.length !== histogram.length) continue;
    sum += hellinger(histogram, same);
    count++;
  }
  if (count > 0) return sum / count;
  for (const histogram of one.byCamera.values()) {
    for (const against of other.byCamera.values()) {
      if (against.length !== histogram.length) continue;
      sum += hellinger(histogram, against);
      count++;
    }
  }
  return count > 0 ? sum / count : undefined;
}

/** E. Hellinger 1909; the square root of one minus Bhattacharyya's coefficient. */
export function hellinger(one: Appearance, other: Appearance): number {
  let common = 0;
  for (let bin = 0; bin < one.length; bin++) common += Math.sqrt(one[bin]! * other[bin]!);
  return Math.sqrt(Math.max(0, 1 - common));
}
