/** Who goes with whom: for every row its column and for every column its row; -1 where there is none. */
export interface Assignment {
  readonly columnOfRow: Int32Array;
  readonly rowOfColumn: Int32Array;
}

/**
 * Joins rows with columns, each at most once, so that the pairs are together as far below the gate as possible: the sum of
 * `gate - cost` over all pairs is the largest that there is. A pair at or above the gate is never made; a pair costs
 * nothing less for leaving somebody else alone. With costs that are negative log likelihoods this is the likeliest joint
 * explanation, with `gate` as the cost of leaving a row and a column alone.
 *
 * Method: shortest augmenting paths with dual variables (R. Jonker, A. Volgenant, A shortest augmenting path algorithm for
 * dense and sparse linear assignment problems, Computing 38, 1987), row by row as in D. F. Crouse, On implementing 2D
 * rectangular assignment algorithms, IEEE TAES 52(4), 2016. Costs above the gate are cut to the gate first, which is the
 * same as leaving both alone. At worst rows² · columns steps.
 * @param costs row by row: the cost of row r with column c is `costs[r * columnCount + c]`; Infinity for never
 * @throws RangeError when there are fewer costs than pairs, or one is NaN
 */
export function assign(
  costs: ArrayLike<number>,
  rowCount: number,
  columnCount: number,
  gate = Infinity,
): Assignment {
  const columnOfRow = new Int32Array(rowCount).fill(-1);
  const rowOfColumn = new Int32Array(columnCount).fill(-1);
  if (rowCount === 0 || columnCount === 0) return { columnOfRow, rowOfColumn };
  if (costs.length < rowCount * columnCount) {
    throw new RangeError(
      `${rowCount} rows and ${columnCount} columns need as many costs, got ${costs.length}`,
    );
  }
  const limit = gate === Infinity ? aboveAll(costs, rowCount * columnCount) : gate;
  // Only rows and columns that have a pair below the gate take part: in a picture most have one neighbour or none.
  const rows: number[] = [];
  const columnTakesPart = new Uint8Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    let takesPart = false;
    for (let column = 0; column < columnCount; column++) {
      const cost = costs[row * columnCount + column]!;
      if (Number.isNaN(cost)) throw new RangeError(`the cost of row ${row} with column ${column} is NaN`);
      if (cost < limit) {
        takesPart = true;
        columnTakesPart[column] = 1;
      }
    }
    if (takesPart) rows.push(row);
  }
  const columns: number[] = [];
  for (let column = 0; column < columnCount; column++)
    if (columnTakesPart[column] === 1) columns.push(column);
  if (rows.length === 0) return { columnOfRow, rowOfColumn };

  const transposed = rows.length > columns.length;
  const [few, many] = transposed ? [columns, rows] : [rows, columns];
  const cut = new Float64Array(few.length * many.length);
  few.forEach((one, i) =>
    many.forEach((other, j) => {
      const cost = transposed ? costs[other * columnCount + one]! : costs[one * columnCount + other]!;
      cut[i * many.length + j] = Math.min(cost, limit) - limit;
    }),
  );
  const manyOfFew = solve(cut, few.length, many.length);
  for (let i = 0; i < few.length; i++) {
    const j = manyOfFew[i]!;
    if (cut[i * many.length + j]! >= 0) continue; // at the gate: left alone
    const [row, column] = transposed ? [many[j]!, few[i]!] : [few[i]!, many[j]!];
    columnOfRow[row] = column;
    rowOfColumn[column] = row;
  }
  return { columnOfRow, rowOfColumn };
}

/** Without a gate every finite pair is worth more than none: far enough above them that more pairs always win. */
function aboveAll(costs: ArrayLike<number>, count: number): number {
  let [lowest, highest] = [Infinity, -Infinity];
  for (let index = 0; index < count; index++) {
    const cost = costs[index]!;
    if (!Number.isFinite(cost)) continue;
    lowest = Math.min(lowest, cost);
    highest = Math.max(highest, cost);
  }
  return highest === -Infinity ? 0 : highest + (highest - lowest + 1) * Math.sqrt(count) * 2;
}

/** The cheapest complete assignment of rows to columns; every cost is finite and there are at least as many columns. */
function solve(costs: Float64Array, rowCount: number, columnCount: number): Int32Array {
  const columnOfRow = new Int32Array(rowCount).fill(-1);
  const rowOfColumn = new Int32Array(columnCount).fill(-1);
  const rowDual = new Float64Array(rowCount);
  const columnDual = new Float64Array(columnCount);
  const distance = new Float64Array(columnCount);
  const rowBefore = new Int32Array(columnCount);
  const columnDone = new Uint8Array(columnCount);
  const rowDone = new Uint8Array(rowCount);

  for (let start = 0; start < rowCount; start++) {
    distance.fill(Infinity);
    columnDone.fill(0);
    rowDone.fill(0);
    let row = start;
    let shortest = 0;
    let end = -1;
    while (end === -1) {
      rowDone[row] = 1;
      let nearest = -1;
      let nearestDistance = Infinity;
      for (let column = 0; column < columnCount; column++) {
        if (columnDone[column] === 1) continue;
        const through = shortest + costs[row * columnCount + column]! - rowDual[row]! - columnDual[column]!;
        if (through < distance[column]!) {
          distance[column] = through;
          rowBefore[column] = row;
        }
        const known = distance[column]!;
        if (known < nearestDistance || (known === nearestDistance && rowOfColumn[column] === -1)) {
          nearest = column;
          nearestDistance = known;
        }
      }
      shortest = nearestDistance;
      columnDone[nearest] = 1;
      if (rowOfColumn[nearest] === -1) end = nearest;
      else row = rowOfColumn[nearest]!;
    }
    rowDual[start]! += shortest;
    for (let other = 0; other < rowCount; other++) {
      if (rowDone[other] === 1 && other !== start) {
        rowDual[other]! += shortest - distance[columnOfRow[other]!]!;
      }
    }
    for (let column = 0; column < columnCount; column++) {
      if (columnDone[column] === 1) columnDual[column]! -= shortest - distance[column]!;
    }
    for (let column = end, from = -1; from !== start;) {
      from = rowBefore[column]!;
      rowOfColumn[column] = from;
      const freed = columnOfRow[from]!;
      columnOfRow[from] = column;
      column = freed;
    }
  }
  return columnOfRow;
}
