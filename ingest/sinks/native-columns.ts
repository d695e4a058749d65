/*
 * Columns of ClickHouse's Native format, written straight into bytes. A column is its name, its type and its values one
 * after the other, little-endian; a string is its length as LEB128 and its UTF-8.
 * https://clickhouse.com/docs/interfaces/formats/Native and, for each type on the wire,
 * https://clickhouse.com/docs/native-protocol/columns
 */

/** Values of one column, in the order in which they were added. Its memory is kept for the next block. */
interface Column<Value> {
  /** As ClickHouse writes it. */
  readonly type: string;
  add(value: Value): void;
  /** Forgets every value. */
  clear(): void;
  /** What stands in the block behind name and type. The bytes are valid until the column is changed. */
  bytes(): readonly Uint8Array[];
}

/** A place in memory that grows and never shrinks. */
interface Space {
  bytes: Buffer;
  view: DataView;
}

const FIRST_ROWS = 1_024;
const STRING_BYTES = 64;

/** Text; lone halves of surrogate pairs become U+FFFD, as UTF-8 has no bytes for them. */
export function stringColumn(): Column<string> {
  const space = newSpace(FIRST_ROWS * STRING_BYTES);
  let end = 0;
  return {
    type: 'String',
    add(value) {
      end = writeString(space, end, value);
    },
    clear() {
      end = 0;
    },
    bytes: () => [space.bytes.subarray(0, end)],
  };
}

/**
 * Text that repeats: each value once, and its number a row. The server would otherwise look up every row's text.
 * Layout: version of the keys (1), flags and width of the numbers, keys, numbers.
 */
export function lowCardinalityColumn(): Column<string> {
  const numbers = newSpace(FIRST_ROWS * 4);
  const numberOf = new Map<string, number>();
  const keys = stringColumn();
  let rows = 0;
  return {
    type: 'LowCardinality(String)',
    add(value) {
      let number = numberOf.get(value);
      if (number === undefined) {
        number = numberOf.size;
        numberOf.set(value, number);
        keys.add(value);
      }
      grow(numbers, 4 * rows + 4);
      numbers.view.setUint32(4 * rows, number, true);
      rows += 1;
    },
    clear() {
      rows = 0;
      numberOf.clear();
      keys.clear();
    },
    bytes() {
      const head = Buffer.alloc(24);
      head.writeUInt32LE(1, 0);
      head.writeUInt32LE(UINT32_NUMBERS | HAS_ADDITIONAL_KEYS | NEEDS_NEW_DICTIONARY, 8);
      head.writeUInt32LE(numberOf.size, 16);
      const count = Buffer.alloc(8);
      count.writeUInt32LE(rows, 0);
      return [head, ...keys.bytes(), count, numbers.bytes.subarray(0, 4 * rows)];
    },
  };
}

const UINT32_NUMBERS = 2;
const HAS_ADDITIONAL_KEYS = 1 << 9;
const NEEDS_NEW_DICTIONARY = 1 << 10;

/** A UUID of 36 characters, whose form has been checked: two halves, each from its last byte to its first. */
export function uuidColumn(): Column<string> {
  return fixedColumn('UUID', 16, ({ bytes }, at, value) => writeUuid(bytes, at, value));
}

/** Which rows are null, then the values of all rows; those of null rows are zero. */
export function nullableUuidColumn(): Column<string | null> {
  const nulls = newSpace(FIRST_ROWS);
  const values = newSpace(FIRST_ROWS * 16);
  let rows = 0;
  return {
    type: 'Nullable(UUID)',
    add(value) {
      grow(nulls, rows + 1);
      grow(values, 16 * rows + 16);
      nulls.bytes[rows] = value === null ? 1 : 0;
      if (value === null) values.bytes.fill(0, 16 * rows, 16 * rows + 16);
      else writeUuid(values.bytes, 16 * rows, value);
      rows += 1;
    },
    clear() {
      rows = 0;
    },
    bytes: () => [nulls.bytes.subarray(0, rows), values.bytes.subarray(0, 16 * rows)],
  };
}

export function uint16Column(): Column<number> {
  return fixedColumn('UInt16', 2, ({ view }, at, value) => view.setUint16(at, value, true));
}

/** Whole numbers up to 2^53. */
export function uint64Column(): Column<number> {
  return fixedColumn('UInt64', 8, writeInt64);
}

/** Milliseconds since 1970, UTC; negative before. */
export function dateTime64MsColumn(): Column<number> {
  return fixedColumn("DateTime64(3, 'UTC')", 8, writeInt64);
}

/** What stands before the columns of a block: how many columns, how many rows. */
export function blockHead(columns: number, rows: number): Uint8Array {
  const space = newSpace(16);
  return space.bytes.subarray(0, writeLength(space.bytes, writeLength(space.bytes, 0, columns), rows));
}

/** What stands before a column's values. */
export function columnHead(name: string, type: string): Uint8Array {
  const space = newSpace(128);
  return space.bytes.subarray(0, writeString(space, writeString(space, 0, name), type));
}

function fixedColumn<Value>(
  type: string,
  width: number,
  write: (space: Space, at: number, value: Value) => void,
): Column<Value> {
  const space = newSpace(FIRST_ROWS * width);
  let rows = 0;
  return {
    type,
    add(value) {
      grow(space, width * (rows + 1));
      write(space, width * rows, value);
      rows += 1;
    },
    clear() {
      rows = 0;
    },
    bytes: () => [space.bytes.subarray(0, width * rows)],
  };
}

function newSpace(size: number): Space {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

function grow(space: Space, size: number): void {
  if (size <= space.bytes.length) return;
  const larger = newSpace(Math.max(size, 2 * space.bytes.length));
  space.bytes.copy(larger.bytes);
  space.bytes = larger.bytes;
  space.view = larger.view;
}

function writeInt64({ view }: Space, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  view.setUint32(at, value - high * 2 ** 32, true);
  view.setInt32(at + 4, high, true);
}

const UUID_HYPHENS: ReadonlySet<number> = new Set([8, 13, 18, 23]);
/** Where each byte's two digits stand in the text, in the order in which ClickHouse wants the bytes. */
const UUID_DIGITS: readonly number[] = uuidDigits();
const NIBBLES = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(digit) ? 0 : digit;
});

function uuidDigits(): readonly number[] {
  const places = Array.from({ length: 36 }, (_, at) => at).filter((at) => !UUID_HYPHENS.has(at));
  const pairs = places.filter((_, index) => index % 2 === 0);
  return [...pairs.slice(0, 8).reverse(), ...pairs.slice(8).reverse()];
}

function writeUuid(bytes: Buffer, at: number, uuid: string): void {
  for (let index = 0; index < 16; index += 1) {
    const digit = UUID_DIGITS[index]!;
    bytes[at + index] = (NIBBLES[uuid.charCodeAt(digit)]! << 4) | NIBBLES[uuid.charCodeAt(digit + 1)]!;
  }
}

/** @returns where the next value begins */
function writeString(space: Space, at: number, value: string): number {
  const { length } = value;
  grow(space, at + 5 + 3 * length);
  const { bytes } = space;
  // As long as every character is ASCII, and it almost always is, the length is known before.
  const begin = writeLength(bytes, at, length);
  if (length === 0) return begin;
  const written = bytes.write(value, begin, 'utf8');
  if (written === length) return begin + length;
  return writeLength(bytes, at, written) + bytes.write(value, writeLength(bytes, at, written), 'utf8');
}

/** LEB128. @returns where the next byte goes */
function writeLength(bytes: Buffer, at: number, length: number): number {
  let rest = length;
  let next = at;
  while (rest > 0x7f) {
    bytes[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[next++] = rest;
  return next;
}
