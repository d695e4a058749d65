import type { OnnxGraph, OnnxType } from './onnx-graph.ts';
import { permuteAxes, type WeightData, type WeightDtype } from './tfjs-weights.ts';

/**
 * A tensor of the TensorFlow graph. `shape` is always TensorFlow's (pictures: N, H, W, C), whichever of the two ONNX
 * values exist for it: `channelsLast` in that same order, `channelsFirst` as ONNX convolutions want it.
 */
export interface GraphTensor {
  readonly shape: readonly number[];
  readonly dtype: WeightDtype;
  readonly constant?: WeightData;
  channelsLast?: string;
  channelsFirst?: string;
}

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/**
 * Decides, value by value, where channels stand. TensorFlow.js graphs have them last, ONNX convolutions want them first.
 * Transposing around every convolution is right but slow (BlazeFace 15.9 ms instead of 9.6): a value is transposed
 * only when somebody needs the other order, once, and elementwise work stays in the order of its inputs.
 */
export class Layouts {
  readonly graph: OnnxGraph;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  /** A fresh result in TensorFlow's own order. */
  last(value: string, shape: readonly number[], dtype: WeightDtype = 'float32'): GraphTensor {
    return { shape, dtype, channelsLast: value };
  }

  /** A fresh picture-like result with channels first; `shape` is still N, H, W, C. */
  first(value: string, shape: readonly number[], dtype: WeightDtype = 'float32'): GraphTensor {
    return { shape, dtype, channelsFirst: value };
  }

  /** The ONNX value in TensorFlow's own order. */
  toLast(tensor: GraphTensor): string {
    if (tensor.constant) {
      return (tensor.channelsLast ??= this.#constant(tensor.dtype, tensor.shape, tensor.constant));
    }
    return (tensor.channelsLast ??= this.graph.node('Transpose', [present(tensor.channelsFirst)], {
      perm: TO_CHANNELS_LAST,
    }));
  }

  /** The ONNX value with channels first. Constants of rank 0 to 3 are shaped so that they broadcast as before. */
  toFirst(tensor: GraphTensor): string {
    if (tensor.channelsFirst !== undefined) return tensor.channelsFirst;
    const { shape, dtype, constant } = tensor;
    if (shape.length === 0) return (tensor.channelsFirst = this.toLast(tensor));
    if (constant) {
      const padded = [...new Array<number>(4 - shape.length).fill(1), ...shape];
      const permuted = permuteAxes(constant, padded, TO_CHANNELS_FIRST);
      const trimmed = shape.length < 4 ? permuted.shape.slice(1) : permuted.shape;
      return (tensor.channelsFirst = this.#constant(dtype, trimmed, permuted.data));
    }
    if (shape.length !== 4) throw new Error(`expected a picture-like tensor, found shape [${shape.join()}]`);
    return (tensor.channelsFirst = this.graph.node('Transpose', [this.toLast(tensor)], {
      perm: TO_CHANNELS_FIRST,
    }));
  }

  /** Elementwise work on inputs that broadcast; stays channels-first when an input already is. */
  elementwise(
    inputs: readonly GraphTensor[],
    write: (values: string[]) => string,
    dtype: WeightDtype = inputs[0]!.dtype,
  ): GraphTensor {
    const shape = inputs.map((input) => input.shape).reduce(broadcastShape);
    const stayFirst =
      shape.length === 4 &&
      inputs.some((input) => !input.constant && input.channelsFirst !== undefined) &&
      inputs.every((input) => input.constant ?? (input.shape.length === 4 || input.shape.length === 0));
    return stayFirst
      ? this.first(write(inputs.map((input) => this.toFirst(input))), shape, dtype)
      : this.last(write(inputs.map((input) => this.toLast(input))), shape, dtype);
  }

  #constant(dtype: OnnxType, shape: readonly number[], data: WeightData): string {
    return this.graph.constant(dtype, shape, data);
  }
}

/** The numbers of a constant input, such as axes or a target shape. */
export function constantValues(tensor: GraphTensor | undefined): number[] {
  if (!tensor?.constant) throw new Error('expected a constant input, found a computed one');
  return Array.from(tensor.constant);
}

/** Axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`shapes [${a.join()}] and [${b.join()}] don't broadcast`);
    }
    return Math.max(left, right);
  });
}

function present(value: string | undefined): string {
  if (value === undefined) throw new Error('a tensor without a value');
  return value;
}
