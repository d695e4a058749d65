import { describe, expect, it } from 'vitest';
import { ProtobufWriter, readFields } from './protobuf.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the protocol buffers encoding', () => {
  // the first three are the examples of https://protobuf.dev/programming-guides/encoding
  it.each([
    ['a number', new ProtobufWriter().varintField(1, 150), '089601'],
    ['a string', new ProtobufWriter().stringField(2, 'testing'), '120774657374696e67'],
    [
      'a message in a message',
      new ProtobufWriter().message(3, new ProtobufWriter().varintField(1, 150)),
      '1a03089601',
    ],
    ['a negative number', new ProtobufWriter().varintField(1, -1), '08ffffffffffffffffff01'],
    ['packed numbers', new ProtobufWriter().packedVarints(4, [3, 270, 86942]), '2206038e029ea705'],
    ['a float', new ProtobufWriter().floatField(2, 1), '150000803f'],
  ])('writes %s', (_what, writer, expected) => {
    expect(hex(writer.finish())).toBe(expected);
  });

  it('reads what it wrote, each field whole', () => {
    const fields = readFields(Buffer.from('089601' + '120774657374696e67' + '150000803f', 'hex'));
    expect(
      fields.map(({ field, varint, content, encoded }) => [field, varint, content.length, hex(encoded)]),
    ).toEqual([
      [1, 150n, 0, '089601'],
      [2, 0n, 7, '120774657374696e67'],
      [2, 0n, 0, '150000803f'],
    ]);
  });

  it.each([
    ['a string that ends too early', '120774'],
    ['an unknown wire type', '0b'],
    ['a number that ends too early', '0896'],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readFields(Buffer.from(bytes, 'hex'))).toThrow(RangeError);
  });
});
