// Just enough linear algebra for cameras: vectors of three, 3 × 3 matrices in rows, small symmetric systems.

export type Vector3 = readonly [number, number, number];
/** Three rows. */
export type Matrix3 = readonly [Vector3, Vector3, Vector3];

export const dot = (a: Vector3, b: Vector3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const norm = (a: Vector3): number => Math.hypot(a[0], a[1], a[2]);
export const scale = (a: Vector3, by: number): Vector3 => [a[0] * by, a[1] * by, a[2] * by];
export const add = (a: Vector3, b: Vector3): Vector3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export const transform = (m: Matrix3, v: Vector3): Vector3 => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
export const column = (m: Matrix3, index: 0 | 1 | 2): Vector3 => [m[0][index], m[1][index], m[2][index]];
export const transpose = (m: Matrix3): Matrix3 => [column(m, 0), column(m, 1), column(m, 2)];
export const fromColumns = (a: Vector3, b: Vector3, c: Vector3): Matrix3 => transpose([a, b, c]);
export const multiply = (a: Matrix3, b: Matrix3): Matrix3 => {
  const columns = transpose(b);
  return [transform(columns, a[0]), transform(columns, a[1]), transform(columns, a[2])];
};
export const determinant = (m: Matrix3): number => dot(m[0], cross(m[1], m[2]));

/** Undefined where the matrix squeezes space into a plane, judged beside the size of its rows. */
export function invert(m: Matrix3): Matrix3 | undefined {
  const volume = determinant(m);
  const size = norm(m[0]) * norm(m[1]) * norm(m[2]);
  if (!(Math.abs(volume) > 1e-13 * size)) return undefined;
  return fromColumns(
    scale(cross(m[1], m[2]), 1 / volume),
    scale(cross(m[2], m[0]), 1 / volume),
    scale(cross(m[0], m[1]), 1 / volume),
  );
}

/**
 * The rotation nearest to a matrix of positive determinant, by Newton's iteration (N. J. Higham, Computing the polar
 * decomposition, SIAM J. Sci. Stat. Comput. 7(4), 1986).
 * @throws RangeError for a singular matrix
 */
export function nearestRotation(matrix: Matrix3): Matrix3 {
  let rotation = matrix;
  for (let step = 0; step < 100; step++) {
    const inverse = invert(rotation);
    if (inverse === undefined) throw new RangeError('a singular matrix is near to no rotation');
    const other = transpose(inverse);
    const next: Matrix3 = [
      scale(add(rotation[0], other[0]), 0.5),
      scale(add(rotation[1], other[1]), 0.5),
      scale(add(rotation[2], other[2]), 0.5),
    ];
    const change = Math.max(...next.map((row, index) => norm(add(row, scale(rotation[index]!, -1)))));
    rotation = next;
    if (change < 1e-14) break;
  }
  return rotation;
}

/**
 * Solves a symmetric positive definite system by Cholesky's decomposition. `matrix` in rows, any size.
 * Undefined where it is not positive definite: the unknowns are not determined.
 */
export function solveSymmetric(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] | undefined {
  const size = right.length;
  const lower: number[][] = matrix.map(() => new Array<number>(size).fill(0));
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = matrix[row]![col]!;
      for (let k = 0; k < col; k++) sum -= lower[row]![k]! * lower[col]![k]!;
      if (row === col) {
        if (!(sum > 1e-14 * Math.abs(matrix[row]![row]!))) return undefined;
        lower[row]![row] = Math.sqrt(sum);
      } else lower[row]![col] = sum / lower[col]![col]!;
    }
  }
  const solution = [...right];
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row]! -= lower[row]![k]! * solution[k]!;
    solution[row]! /= lower[row]![row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row]! -= lower[k]![row]! * solution[k]!;
    solution[row]! /= lower[row]![row]!;
  }
  return solution;
}

/** The turn by |vector| radians about its direction (Rodrigues 1840). */
export function rotationOf(vector: Vector3): Matrix3 {
  const angle = norm(vector);
  if (angle < 1e-12) {
    const [x, y, z] = vector;
    return [
      [1, -z, y],
      [z, 1, -x],
      [-y, x, 1],
    ];
  }
  const [x, y, z] = scale(vector, 1 / angle);
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const v = 1 - c;
  return [
    [c + x * x * v, x * y * v - z * s, x * z * v + y * s],
    [y * x * v + z * s, c + y * y * v, y * z * v - x * s],
    [z * x * v - y * s, z * y * v + x * s, c + z * z * v],
  ];
}
