import { describe, expect, it } from 'vitest';
import { firstChannels, decodeWeights, halfToNumber, permuteAxes } from './tfjs-weights.ts';

describe('half precision', () => {
  it.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504], // the largest
    [0x0400, 2 ** -14], // the smallest normal one
    [0x0001, 2 ** -24], // the smallest of all
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('0x%s is %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });
});

describe('weights', () => {
  it('lie one behind the other, each in its own encoding and at any offset', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 128, 255]),
      Buffer.from(Uint16Array.of(0x3c00, 0xc000).buffer),
      Buffer.from(Int32Array.of(-7).buffer),
      Buffer.from(Float32Array.of(0.5).buffer),
    ]);
    const weights = decodeWeights(bytes, [
      { name: 'uint8', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
      { name: 'half', shape: [2, 1], dtype: 'float32', quantization: { dtype: 'float16' } },
      { name: 'integer', shape: [], dtype: 'int32' },
      { name: 'float', shape: [1], dtype: 'float32' },
    ]);
    expect(Array.from(weights.get('uint8')!.data)).toEqual([-1, 63, 126.5]);
    expect(Array.from(weights.get('half')!.data)).toEqual([1, -2]);
    expect(Array.from(weights.get('integer')!.data)).toEqual([-7]);
    expect(Array.from(weights.get('float')!.data)).toEqual([0.5]);
  });

  it.each([
    [
      'too few bytes',
      [0, 0],
      [{ name: 'w', shape: [1], dtype: 'float32' }],
      /needs bytes up to 4, the file has 2/,
    ],
    ['bytes left over', [0, 0], [{ name: 'w', shape: [1], dtype: 'bool' }], /1 bytes are left/],
    [
      'an unknown type',
      [0],
      [{ name: 'w', shape: [1], dtype: 'string' }],
      /stored in the unknown way string/,
    ],
  ])('are refused: %s', (_what, bytes, specs, message) => {
    expect(() => decodeWeights(Uint8Array.from(bytes), specs)).toThrow(message);
  });

  it('change the order of their axes', () => {
    const permuted = permuteAxes(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], [2, 0, 1]);
    expect(permuted.shape).toEqual([3, 1, 2]);
    expect(Array.from(permuted.data)).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

describe('the first channels of a weight', () => {
  const weight = {
    name: 'w',
    shape: [2, 3],
    dtype: 'float32',
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
  } as const;

  it.each([
    [1, [1, 4]],
    [2, [1, 2, 4, 5]],
    [3, [1, 2, 3, 4, 5, 6]],
  ])('are %i of every row', (count, kept) => {
    const { shape, data } = firstChannels(weight, count);
    expect({ shape, data: [...data] }).toEqual({ shape: [2, count], data: kept });
  });

  it.each([0, 4])('cannot be %i of three', (count) => {
    expect(() => firstChannels(weight, count)).toThrow("can't be cut");
  });
});
