import type { Row } from './database.ts';

/** Readers for the columns of a row. A column of another type is a mistake of ours in a query or a migration. */
export function textColumn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrongColumn(column, 'a text');
  return value;
}

export function optionalTextColumn(row: Row, column: string): string | null {
  return row[column] === null ? null : textColumn(row, column);
}

export function integerColumn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongColumn(column, 'a whole number');
  return value;
}

export function bytesColumn(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw wrongColumn(column, 'bytes');
}

function wrongColumn(column: string, expected: string): TypeError {
  return new TypeError(`expected ${expected} in the column ${column}`);
}
