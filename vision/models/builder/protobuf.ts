const encoder = new TextEncoder();

/** Wire types of the protocol buffers encoding (https://protobuf.dev/programming-guides/encoding). */
const WIRE = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/**
 * Writes one protocol buffers message. Fields are written in the order of the calls; nested messages are written
 * first and then added with {@link ProtobufWriter.message}. Nothing is copied before {@link ProtobufWriter.finish}.
 */
export class ProtobufWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  varintField(field: number, value: number | bigint): this {
    return this.#varint((field << 3) | WIRE.varint).#varint(value);
  }

  floatField(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#varint((field << 3) | WIRE.fixed32).raw(bytes);
  }

  bytesField(field: number, value: Uint8Array): this {
    return this.#varint((field << 3) | WIRE.lengthDelimited)
      .#varint(value.length)
      .raw(value);
  }

  stringField(field: number, value: string): this {
    return this.bytesField(field, encoder.encode(value));
  }

  message(field: number, nested: ProtobufWriter): this {
    this.#varint((field << 3) | WIRE.lengthDelimited).#varint(nested.#length);
    for (const part of nested.#parts) this.raw(part);
    return this;
  }

  packedVarints(field: number, values: readonly (number | bigint)[]): this {
    const packed = new ProtobufWriter();
    for (const value of values) packed.#varint(value);
    return this.message(field, packed);
  }

  /** Bytes that are already encoded, such as a field copied from another message. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      out.set(part, offset);
      offset += part.length;
    }
    return out;
  }

  /** Negative numbers take ten bytes, as two's complement of 64 bits. */
  #varint(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.raw(Uint8Array.from(bytes));
  }
}

/** One field of an encoded message. */
export interface ProtobufField {
  readonly field: number;
  /** The value of a varint field; 0 for others. */
  readonly varint: bigint;
  /** The content of a length-delimited field (a string, bytes or a message); empty for others. */
  readonly content: Uint8Array;
  /** The whole field with its tag, ready to be copied into another message. */
  readonly encoded: Uint8Array;
}

/**
 * The fields of an encoded message, in order, as views (no copies).
 * @throws RangeError when the bytes are no complete message
 */
export function readFields(message: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(offset++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new RangeError('a number of more than 64 bits');
  };
  while (offset < message.length) {
    const start = offset;
    const tag = Number(varint());
    const wire = tag & 7;
    let value = 0n;
    let content = message.subarray(0, 0);
    if (wire === WIRE.varint) value = varint();
    else if (wire === WIRE.fixed64) offset += 8;
    else if (wire === WIRE.fixed32) offset += 4;
    else if (wire === WIRE.lengthDelimited) {
      const length = Number(varint());
      content = message.subarray(offset, offset + length);
      offset += length;
    } else throw new RangeError(`unknown wire type ${wire}`);
    if (offset > message.length) throw new RangeError('the message ends in the middle of a field');
    fields.push({ field: tag >>> 3, varint: value, content, encoded: message.subarray(start, offset) });
  }
  return fields;
}
