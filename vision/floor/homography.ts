import { centroid, type Point } from '../faces/geometry.ts';
import { leastSquares } from './least-squares.ts';
import { multiply, scale, solveSymmetric, transform, type Matrix3 } from './matrix3.ts';

/**
 * The map of a plane onto a picture of it that fits four or more pairs of points, in `to`'s units squared: the normalised
 * linear solution (R. Hartley, In defense of the eight-point algorithm, IEEE PAMI 19(6), 1997), refined so that the
 * points fall as near as possible to where they were marked. Its sign makes the middle of the points lie before the
 * camera: a positive third component. Undefined when the pairs do not determine it.
 */
export function solveHomography(from: readonly Point[], to: readonly Point[]): Matrix3 | undefined {
  if (from.length !== to.length || from.length < 4) {
    throw new RangeError(`a homography needs four or more pairs, got ${from.length} and ${to.length}`);
  }
  const source = normalisation(from);
  const target = normalisation(to);
  if (source === undefined || target === undefined) return undefined;
  const pairs = from.map((point, index) => [source.apply(point), target.apply(to[index]!)] as const);
  const linear = solveLinear(pairs);
  if (linear === undefined) return undefined;
  const refined = leastSquares((state) => {
    const map = fromState(state);
    const errors: number[] = [];
    for (const [point, seen] of pairs) {
      const image = applyHomography(map, point);
      if (image === undefined) return undefined;
      errors.push(image[0] - seen[0], image[1] - seen[1]);
    }
    return errors;
  }, linear);
  return multiply(target.back, multiply(fromState(refined?.state ?? linear), source.there));
}

/** Undefined where the point is not before the camera. */
export function applyHomography(map: Matrix3, [x, y]: Point): Point | undefined {
  const [u, v, w] = transform(map, [x, y, 1]);
  return w > 0 ? [u / w, v / w] : undefined;
}

type State = readonly number[];

/** The middle of the points goes to zero, and 1 is their usual distance from it. */
function normalisation(points: readonly Point[]) {
  const [x, y] = centroid(points);
  const spread = Math.sqrt(
    points.reduce((sum, point) => sum + (point[0] - x) ** 2 + (point[1] - y) ** 2, 0) / (2 * points.length),
  );
  if (!(spread > 0)) return undefined;
  const there: Matrix3 = [
    [1 / spread, 0, -x / spread],
    [0, 1 / spread, -y / spread],
    [0, 0, 1],
  ];
  const back: Matrix3 = [
    [spread, 0, x],
    [0, spread, y],
    [0, 0, 1],
  ];
  const apply = (point: Point): Point => [(point[0] - x) / spread, (point[1] - y) / spread];
  return { there, back, apply };
}

/**
 * The last entry may be set to 1: it is the distance of the points' middle, which is seen and therefore not on the
 * horizon.
 */
function solveLinear(pairs: readonly (readonly [Point, Point])[]): State | undefined {
  const rows = pairs.flatMap(([[x, y], [u, v]]) => [
    [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
    [0, 0, 0, x, y, 1, -v * x, -v * y, v],
  ]);
  const normal = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const right = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => rows.reduce((sum, row) => sum + row[i]! * row[8]!, 0));
  return solveSymmetric(normal, right);
}

function fromState(state: State): Matrix3 {
  const [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  return scaleToOne([
    [a, b, c],
    [d, e, f],
    [g, h, 1],
  ]);
}

/** Keeps the entries near 1, whatever the units. */
function scaleToOne(map: Matrix3): Matrix3 {
  const largest = Math.max(...map.flat().map(Math.abs));
  return [scale(map[0], 1 / largest), scale(map[1], 1 / largest), scale(map[2], 1 / largest)];
}
