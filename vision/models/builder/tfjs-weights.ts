import { UserError } from '../../../runtime/errors.ts';

export type WeightDtype = 'float32' | 'int32' | 'bool';
export type WeightData = Float32Array | Int32Array | Uint8Array;

/** One entry of a TensorFlow.js weight manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** uint8 and uint16: `value = stored * scale + min`; float16: the stored bits are half precision. */
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  readonly data: WeightData;
}

/**
 * The weights of a TensorFlow.js manifest, decoded. Weights lie one behind the other in `bytes`, little-endian.
 * @throws UserError when the bytes don't fit the manifest or an encoding is unknown
 */
export function decodeWeights(bytes: Uint8Array, specs: readonly WeightSpec[]): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const spec of specs) {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const length = count * storedBytes(spec);
    if (offset + length > bytes.length) {
      throw damaged(`weight ${spec.name} needs bytes up to ${offset + length}, the file has ${bytes.length}`);
    }
    const dtype = weightDtype(spec);
    // a copy: the parts of a file needn't be aligned for wider elements, and a Buffer's own slice would be a view
    const data = decode(new Uint8Array(bytes.subarray(offset, offset + length)), spec, dtype);
    weights.set(spec.name, { name: spec.name, shape: spec.shape, dtype, data });
    offset += length;
  }
  if (offset !== bytes.length) throw damaged(`${bytes.length - offset} bytes are left after the last weight`);
  return weights;
}

/** A weight with only the first `count` entries of its last axis: channels that nobody asks for need not be computed. */
export function firstChannels({ name, shape, dtype, data }: Weight, count: number): Weight {
  const channels = shape.at(-1);
  if (channels === undefined || count < 1 || count > channels) {
    throw new Error(`the constant ${name} of shape [${shape.join()}] can't be cut to ${count} channels`);
  }
  return {
    name,
    shape: [...shape.slice(0, -1), count],
    dtype,
    data: data.filter((_, index) => index % channels < count),
  };
}

/** The value of an IEEE 754 half precision number given as its 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7c00) >> 10;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Reorders the axes of a dense row-major tensor, as `numpy.transpose` does. */
export function permuteAxes<Data extends WeightData>(
  data: Data,
  shape: readonly number[],
  order: readonly number[],
): { data: Data; shape: number[] } {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  const newShape = order.map((axis) => shape[axis]!);
  const newStrides = order.map((axis) => strides[axis]!);
  const out = data.slice() as Data; // slice of a typed array is of the same type
  // the innermost axis in a loop of its own: millions of weights are moved at every build
  const rowLength = newShape.at(-1) ?? 1;
  const rowStride = newStrides.at(-1) ?? 1;
  const index = new Array<number>(order.length).fill(0);
  let source = 0;
  for (let row = 0; row < out.length; row += rowLength) {
    for (let column = 0; column < rowLength; column++) out[row + column] = data[source + column * rowStride]!;
    for (let axis = index.length - 2; axis >= 0; axis--) {
      source += newStrides[axis]!;
      if (++index[axis]! < newShape[axis]!) break;
      source -= newStrides[axis]! * newShape[axis]!;
      index[axis] = 0;
    }
  }
  return { data: out, shape: newShape };
}

function weightDtype(spec: WeightSpec): WeightDtype {
  if (spec.dtype === 'float32' || spec.dtype === 'int32' || spec.dtype === 'bool') return spec.dtype;
  throw damaged(`weight ${spec.name} has the unknown type ${spec.dtype}`);
}

function storedBytes(spec: WeightSpec): number {
  const bytes: Readonly<Record<string, number>> = spec.quantization
    ? { uint8: 1, uint16: 2, float16: 2 }
    : { bool: 1, int32: 4, float32: 4 };
  const stored = spec.quantization?.dtype ?? spec.dtype;
  const size = bytes[stored];
  if (size === undefined) throw damaged(`weight ${spec.name} is stored in the unknown way ${stored}`);
  return size;
}

let halves: Float32Array | undefined;

function decode(stored: Uint8Array, spec: WeightSpec, dtype: WeightDtype): WeightData {
  const { quantization } = spec;
  if (!quantization) {
    if (dtype === 'bool') return stored;
    return dtype === 'int32' ? new Int32Array(stored.buffer) : new Float32Array(stored.buffer);
  }
  const codes = quantization.dtype === 'uint8' ? stored : new Uint16Array(stored.buffer);
  if (quantization.dtype === 'float16') {
    const table = (halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits)));
    return Float32Array.from(codes, (code) => table[code]!);
  }
  const { scale, min } = quantization;
  if (scale === undefined || min === undefined) {
    throw damaged(`weight ${spec.name} is quantised without scale and minimum`);
  }
  return dtype === 'float32'
    ? Float32Array.from(codes, (code) => code * scale + min)
    : Int32Array.from(codes, (code) => Math.round(code * scale + min));
}

function damaged(what: string): UserError {
  return new UserError(
    'network.weights',
    `The weights of a network are not as their manifest says: ${what}.`,
    'Install the packages again (npm ci), then build again (smart-store models build).',
  );
}
