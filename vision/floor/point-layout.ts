import { signedArea, type Point } from '../../config/polygon.ts';
import type { PictureSize } from './pinhole.ts';
import type { PointPair } from './camera-from-points.ts';

/** What is wrong, and what to do. */
export interface CalibrationFault {
  readonly expected: string;
  readonly found: string;
  readonly next: string;
}

/** Three points are on one line when the triangle is flatter than this share of its longest side. */
const FLAT = 0.03;
/** Combinations of four that are tried; with so many points, four of the first ones are as good as any. */
const MOST_POINTS_TRIED = 16;

/** What makes points useless before anything is solved: the same point twice, or all of them on one line. */
export function layoutFault(pairs: readonly PointPair[], size: PictureSize): CalibrationFault | undefined {
  return repeated(pairs, size) ?? inLine(pairs);
}

/** The share of the picture that lies between the points. */
export function pictureShare(pairs: readonly PointPair[], size: PictureSize): number {
  const hull = convexHull(pairs.map(({ image }) => image));
  return Math.abs(signedArea(hull)) / (size.width * size.height);
}

/** The corners of the smallest convex area around points (A. M. Andrew, Information Processing Letters 9(5), 1979). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (from: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of from) {
      while (chain.length >= 2 && signedArea([chain.at(-2)!, chain.at(-1)!, point]) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function repeated(pairs: readonly PointPair[], size: PictureSize): CalibrationFault | undefined {
  for (const [index, one] of pairs.entries()) {
    for (const [before, other] of pairs.slice(0, index).entries()) {
      const inPicture = Math.hypot(one.image[0] - other.image[0], one.image[1] - other.image[1]);
      const onPlan = Math.hypot(one.floor[0] - other.floor[0], one.floor[1] - other.floor[1]);
      if (inPicture > 0.002 * size.width && onPlan > 0.01) continue;
      return {
        expected: 'points that differ',
        found: `points ${before + 1} and ${index + 1} at the same place ${onPlan > 0.01 ? 'of the picture' : 'on the plan'}`,
        next: `move point ${index + 1}, or remove it`,
      };
    }
  }
  return undefined;
}

/** A floor is determined by four points of which no three lie on one line, on the plan and in the picture. */
function inLine(pairs: readonly PointPair[]): CalibrationFault | undefined {
  const tried = pairs.slice(0, MOST_POINTS_TRIED);
  const flat = (a: number, b: number, c: number): boolean =>
    flatness(tried, a, b, c, 'floor') < FLAT || flatness(tried, a, b, c, 'image') < FLAT;
  let example: readonly [number, number, number] = [0, 1, 2];
  for (let a = 0; a < tried.length; a++) {
    for (let b = a + 1; b < tried.length; b++) {
      for (let c = b + 1; c < tried.length; c++) {
        if (flat(a, b, c)) {
          example = [a, b, c];
          continue;
        }
        for (let d = c + 1; d < tried.length; d++) {
          if (!flat(a, b, d) && !flat(a, c, d) && !flat(b, c, d)) return undefined;
        }
      }
    }
  }
  return {
    expected: 'four points of which no three lie on one line, such as the corners of an area',
    found: `points on a line (${example.map((index) => index + 1).join(', ')})`,
    next: 'move one of them aside, or mark another point beside the line',
  };
}

function flatness(
  pairs: readonly PointPair[],
  a: number,
  b: number,
  c: number,
  on: 'floor' | 'image',
): number {
  const [one, two, three] = [pairs[a]![on], pairs[b]![on], pairs[c]![on]];
  const longest = Math.max(distance(one, two), distance(two, three), distance(three, one));
  return (2 * Math.abs(signedArea([one, two, three]))) / longest ** 2;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
