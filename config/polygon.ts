export type Point = readonly [number, number];

/** What makes a polygon useless as an area, or undefined where it is a proper one. Points are in order around it. */
export function polygonFault(points: readonly Point[]): string | undefined {
  const repeated = points.findIndex((point, index) => samePoint(point, corner(points, index + 1)));
  if (repeated >= 0)
    return `corners ${repeated + 1} and ${((repeated + 1) % points.length) + 1} are the same point`;
  const crossing = crossingEdges(points);
  if (crossing !== undefined) {
    return `its edges cross: the edge after corner ${crossing[0] + 1} and the edge after corner ${crossing[1] + 1}`;
  }
  return Math.abs(signedArea(points)) < 1e-9 ? 'its area is zero: all corners lie on one line' : undefined;
}

/** The shoelace formula (Meister 1769): positive where the corners go clockwise in a picture whose y grows downwards. */
export function signedArea(points: readonly Point[]): number {
  let twice = 0;
  for (const [index, [x, y]] of points.entries()) {
    const [nextX, nextY] = corner(points, index + 1);
    twice += x * nextY - nextX * y;
  }
  return twice / 2;
}

/** The first two edges that touch although they are no neighbours, or neighbours that fold back onto each other. */
function crossingEdges(points: readonly Point[]): [number, number] | undefined {
  for (let first = 0; first < points.length; first++) {
    for (let second = first + 2; second < points.length; second++) {
      const neighbours = first === 0 && second === points.length - 1;
      if (neighbours) continue;
      const touches = segmentsTouch(
        corner(points, first),
        corner(points, first + 1),
        corner(points, second),
        corner(points, second + 1),
      );
      if (touches) return [first, second];
    }
  }
  return undefined;
}

function segmentsTouch(a: Point, b: Point, c: Point, d: Point): boolean {
  const abc = turn(a, b, c);
  const abd = turn(a, b, d);
  const cda = turn(c, d, a);
  const cdb = turn(c, d, b);
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && within(a, b, c)) ||
    (abd === 0 && within(a, b, d)) ||
    (cda === 0 && within(c, d, a)) ||
    (cdb === 0 && within(c, d, b))
  );
}

/** On which side of the line from a to b the point c lies: 1, -1, or 0 on the line. */
function turn(a: Point, b: Point, c: Point): number {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  return Math.abs(area) < 1e-12 ? 0 : Math.sign(area);
}

function within(a: Point, b: Point, point: Point): boolean {
  return (
    Math.min(a[0], b[0]) <= point[0] &&
    point[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= point[1] &&
    point[1] <= Math.max(a[1], b[1])
  );
}

function samePoint(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function corner(points: readonly Point[], index: number): Point {
  return points[index % points.length] ?? [NaN, NaN];
}
