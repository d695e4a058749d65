/** A point in pixels: x to the right, y down. */
export type Point = readonly [x: number, y: number];
/** Left, top, right, bottom in pixels. */
export type BoxXyxy = readonly [number, number, number, number];

/**
 * A similarity (turn, scale, shift) as the map `x' = a·x − b·y + tx`, `y' = b·x + a·y + ty`.
 * `Math.hypot(a, b)` is the scale, `Math.atan2(b, a)` the turn.
 */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that maps `from` onto `to` with the least squared error.
 * Method: S. Umeyama, Least-squares estimation of transformation parameters between two point patterns, IEEE PAMI 13(4),
 * 1991; in the plane, without reflection, its solution is this closed form.
 * @throws RangeError when fewer than two different points are given
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  if (from.length !== to.length || from.length < 2) {
    throw new RangeError(`a similarity needs two or more point pairs, got ${from.length} and ${to.length}`);
  }
  const [fromX, fromY] = centroid(from);
  const [toX, toY] = centroid(to);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  from.forEach(([px, py], index) => {
    const target = to[index]!;
    const [x, y, u, v] = [px - fromX, py - fromY, target[0] - toX, target[1] - toY];
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  });
  if (spread === 0) throw new RangeError('a similarity needs points that differ');
  const a = dot / spread;
  const b = cross / spread;
  return { a, b, tx: toX - a * fromX + b * fromY, ty: toY - b * fromX - a * fromY };
}

export function applySimilarity(map: Similarity, [x, y]: Point): Point {
  return [map.a * x - map.b * y + map.tx, map.b * x + map.a * y + map.ty];
}

/** First `inner`, then `outer`. */
export function composeSimilarity(outer: Similarity, inner: Similarity): Similarity {
  const [tx, ty] = applySimilarity(outer, [inner.tx, inner.ty]);
  return {
    a: outer.a * inner.a - outer.b * inner.b,
    b: outer.b * inner.a + outer.a * inner.b,
    tx,
    ty,
  };
}

export function invertSimilarity({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  return { a: a / square, b: -b / square, tx: -(a * tx + b * ty) / square, ty: (b * tx - a * ty) / square };
}

/** The map that sends every point to the middle of where the two send it. */
export function middleSimilarity(one: Similarity, other: Similarity): Similarity {
  return {
    a: (one.a + other.a) / 2,
    b: (one.b + other.b) / 2,
    tx: (one.tx + other.tx) / 2,
    ty: (one.ty + other.ty) / 2,
  };
}

export function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0];
    y += point[1];
  }
  return [x / points.length, y / points.length];
}

export const boxCentre = ([left, top, right, bottom]: BoxXyxy): Point => [
  (left + right) / 2,
  (top + bottom) / 2,
];
export const boxWidth = (box: BoxXyxy): number => box[2] - box[0];
export const boxHeight = (box: BoxXyxy): number => box[3] - box[1];

/** Area of the overlap divided by the area of the union: 0 apart, 1 equal. */
export function intersectionOverUnion(one: BoxXyxy, other: BoxXyxy): number {
  const width = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const height = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  if (width <= 0 || height <= 0) return 0;
  const overlap = width * height;
  return overlap / (boxWidth(one) * boxHeight(one) + boxWidth(other) * boxHeight(other) - overlap);
}
