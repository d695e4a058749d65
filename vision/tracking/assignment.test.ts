import { describe, expect, it } from 'vitest';
import { assign } from './assignment.ts';
import { createRandom } from './synthetic/random.ts';

describe('the best assignment', () => {
  it.each([
    { of: 'one row, one column', costs: [[1]], gate: Infinity, expected: [0] },
    {
      of: 'a cheap pair that would spoil a dear one',
      costs: [
        [1, 2],
        [2, 9],
      ],
      gate: Infinity,
      expected: [1, 0],
    },
    { of: 'more columns than rows', costs: [[5, 3, 4]], gate: Infinity, expected: [1] },
    { of: 'more rows than columns', costs: [[5], [3], [4]], gate: Infinity, expected: [-1, 0, -1] },
    { of: 'a pair above the gate', costs: [[7]], gate: 5, expected: [-1] },
    { of: 'a pair exactly at the gate', costs: [[5]], gate: 5, expected: [-1] },
    {
      of: 'one good pair rather than two at the edge',
      costs: [
        [0, 4.9],
        [4.9, 9],
      ],
      gate: 5,
      expected: [0, -1],
    },
    {
      of: 'negative costs, as of log likelihoods',
      costs: [
        [-3, -1],
        [-2, -4],
      ],
      gate: 0,
      expected: [0, 1],
    },
    {
      of: 'a pair that can never be',
      costs: [
        [Infinity, 1],
        [Infinity, 2],
      ],
      gate: Infinity,
      expected: [1, -1],
    },
    {
      of: 'as many pairs as can be when there is no gate',
      costs: [
        [0, 1],
        [Infinity, 0],
        [0, Infinity],
      ],
      gate: Infinity,
      expected: [-1, 1, 0],
    },
    { of: 'no columns', costs: [[], []], gate: 1, expected: [-1, -1] },
  ])('of $of', ({ costs, gate, expected }) => {
    const { columnOfRow } = assign(costs.flat(), costs.length, costs[0]!.length, gate);
    expect([...columnOfRow]).toEqual(expected);
  });

  it('is as good as the best of all that there are, on random costs with and without ties', () => {
    const random = createRandom(11);
    for (let trial = 0; trial < 600; trial++) {
      const [rows, columns] = [1 + Math.floor(random() * 6), 1 + Math.floor(random() * 6)];
      const whole = random() < 0.4; // whole numbers make ties
      const costs = Array.from({ length: rows * columns }, () => {
        if (random() < 0.1) return Infinity;
        return whole ? Math.floor(random() * 4) : random() * 10 - 3;
      });
      const gate = whole ? 2 : 4;
      const found = assign(costs, rows, columns, gate);
      expect(worth(found.columnOfRow, costs, columns, gate)).toBeCloseTo(best(costs, rows, columns, gate), 9);
      found.columnOfRow.forEach((column, row) => {
        if (column >= 0) expect(found.rowOfColumn[column]).toBe(row);
      });
      expect(found.rowOfColumn.filter((row) => row >= 0)).toHaveLength(
        found.columnOfRow.filter((column) => column >= 0).length,
      );
    }
  });

  it('refuses a cost that is not a number, rather than assign by it', () => {
    expect(() => assign([1, NaN], 1, 2, 5)).toThrow('row 0 with column 1');
    expect(() => assign([1], 1, 2, 5)).toThrow(RangeError);
  });
});

/** How far the pairs lie below the gate, all together. */
function worth(
  columnOfRow: ArrayLike<number>,
  costs: readonly number[],
  columns: number,
  gate: number,
): number {
  let sum = 0;
  for (let row = 0; row < columnOfRow.length; row++) {
    const column = columnOfRow[row]!;
    if (column < 0) continue;
    expect(costs[row * columns + column]).toBeLessThan(gate);
    sum += gate - costs[row * columns + column]!;
  }
  return sum;
}

/** By trying everything. */
function best(costs: readonly number[], rows: number, columns: number, gate: number): number {
  const from = (row: number, taken: number): number => {
    if (row === rows) return 0;
    let most = from(row + 1, taken);
    for (let column = 0; column < columns; column++) {
      const gain = gate - costs[row * columns + column]!;
      if (gain > 0 && (taken & (1 << column)) === 0) {
        most = Math.max(most, gain + from(row + 1, taken | (1 << column)));
      }
    }
    return most;
  };
  return from(0, 0);
}
