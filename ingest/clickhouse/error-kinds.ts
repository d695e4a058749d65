import { ClickHouseError } from '@clickhouse/client';
import { messageOf } from '../../runtime/errors.ts';

/**
 * ClickHouse's codes for "these rows can't be what the columns want". Asking again gives the same answer, so the rows
 * have to be taken out. Every other code (no memory, no table, too many parts, no server) says nothing about the rows.
 * Numbers: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const ROW_CODES: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '376', // CANNOT_PARSE_UUID
  '467', // CANNOT_PARSE_BOOL
  '469', // VIOLATED_CONSTRAINT
]);

/** Does the error speak of the rows themselves? */
export function refusesRows(thrown: unknown): boolean {
  return thrown instanceof ClickHouseError && ROW_CODES.has(thrown.code);
}

/** What went wrong, without the rows and values that ClickHouse likes to repeat in its message. */
export function describeClickHouseError(thrown: unknown): string {
  if (thrown instanceof ClickHouseError) return `ClickHouse ${thrown.type ?? 'error'} (code ${thrown.code})`;
  return messageOf(thrown);
}
