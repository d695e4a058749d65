import { constantValues, fromFront, type GraphTensor } from '../layout.ts';
import {
  booleanAttribute,
  inputAt,
  integerAttribute,
  integersAttribute,
  type Operator,
  type OperatorTable,
} from './operator.ts';

/** Operators that change a tensor's shape or its place in another one. */
export const SHAPE_OPERATORS: OperatorTable = {
  Pad: pad,
  Reshape: reshape,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  ConcatV2: concat,
  Pack: pack,
  Unpack: unpack,
  Mean: mean,
  ResizeBilinear: resizeBilinear,
};

/** TensorFlow's axis of a picture-like tensor → ONNX's. */
const FIRST_AXIS = [0, 2, 3, 1];

function pad(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const amounts = constantValues(inputs[1]);
  const before = input.shape.map((_, axis) => amounts[2 * axis]!);
  const after = input.shape.map((_, axis) => amounts[2 * axis + 1]!);
  const shape = input.shape.map((size, axis) => size + before[axis]! + after[axis]!);
  const { graph } = layouts;
  if (shape.length !== 4) {
    return layouts.last(
      graph.node('Pad', [layouts.toLast(input), graph.int64s([...before, ...after])]),
      shape,
    );
  }
  const channelsFirst = (sizes: readonly number[]): number[] => [0, 3, 1, 2].map((axis) => sizes[axis]!);
  const pads = graph.int64s([...channelsFirst(before), ...channelsFirst(after)]);
  return layouts.first(graph.node('Pad', [layouts.toFirst(input), pads]), shape);
}

function reshape(...[{ layouts, freeBatch }, , inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const shape = constantValues(inputs[1]);
  const total = input.shape.reduce((product, size) => product * size, 1);
  const free = shape.indexOf(-1);
  if (free >= 0)
    shape[free] = total / shape.reduce((product, size) => (size < 0 ? product : product * size), 1);
  if (input.constant) return { shape, dtype: input.dtype, constant: input.constant };
  // 0 copies the size of the input: the batch
  const target = freeBatch && shape[0] === 1 && input.shape[0] === 1 ? [0, ...shape.slice(1)] : shape;
  const { graph } = layouts;
  const value = graph.node('Reshape', [layouts.toLast(input), graph.int64s(target)]);
  return layouts.last(value, shape, input.dtype);
}

function expandDims(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const axis = fromFront(constantValues(inputs[1])[0] ?? 0, input.shape.length + 1);
  const shape = [...input.shape.slice(0, axis), 1, ...input.shape.slice(axis)];
  if (input.constant) return { shape, dtype: input.dtype, constant: input.constant };
  const { graph } = layouts;
  const value = graph.node('Unsqueeze', [layouts.toLast(input), graph.int64s([axis])]);
  return layouts.last(value, shape, input.dtype);
}

function squeeze(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const named = integersAttribute(node, 'squeeze_dims').map((axis) => fromFront(axis, input.shape.length));
  const axes = named.length > 0 ? named : input.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const { graph } = layouts;
  const value = graph.node('Squeeze', [layouts.toLast(input), graph.int64s(axes)]);
  return layouts.last(value, without(input.shape, axes), input.dtype);
}

function concat(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor {
  const parts = inputs.slice(0, -1);
  const { shape: firstShape, dtype } = inputAt(parts, 0);
  const axis = fromFront(constantValues(inputs.at(-1))[0] ?? 0, firstShape.length);
  const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  const shape = firstShape.map((size, index) => (index === axis ? length : size));
  const { graph } = layouts;
  if (shape.length === 4 && parts.some((part) => part.channelsFirst !== undefined)) {
    const values = parts.map((part) => layouts.toFirst(part));
    return layouts.first(graph.node('Concat', values, { axis: FIRST_AXIS[axis]! }), shape, dtype);
  }
  const values = parts.map((part) => layouts.toLast(part));
  return layouts.last(graph.node('Concat', values, { axis }), shape, dtype);
}

function pack(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const { shape, dtype } = inputAt(inputs, 0);
  const axis = fromFront(integerAttribute(node, 'axis'), shape.length + 1);
  const { graph } = layouts;
  const parts = inputs.map((input) => graph.node('Unsqueeze', [layouts.toLast(input), graph.int64s([axis])]));
  const packed = [...shape.slice(0, axis), inputs.length, ...shape.slice(axis)];
  return layouts.last(graph.node('Concat', parts, { axis }), packed, dtype);
}

function unpack(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor[] {
  const input = inputAt(inputs, 0);
  const axis = fromFront(integerAttribute(node, 'axis'), input.shape.length);
  const count = input.shape[axis]!;
  const { graph } = layouts;
  const sizes = graph.int64s(new Array<number>(count).fill(1));
  const parts = graph.nodeWithOutputs('Split', [layouts.toLast(input), sizes], { axis }, count);
  return parts.map((part) =>
    layouts.last(
      graph.node('Squeeze', [part, graph.int64s([axis])]),
      without(input.shape, [axis]),
      input.dtype,
    ),
  );
}

function mean(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const axes = constantValues(inputs[1])
    .map((axis) => fromFront(axis, input.shape.length))
    .sort((a, b) => a - b);
  const keep = booleanAttribute(node, 'keep_dims');
  const shape = keep
    ? input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : without(input.shape, axes);
  const { graph } = layouts;
  if (input.channelsFirst === undefined) {
    const attributes = { axes, keepdims: keep ? 1 : 0 };
    return layouts.last(graph.node('ReduceMean', [layouts.toLast(input)], attributes), shape);
  }
  const attributes = { axes: axes.map((axis) => FIRST_AXIS[axis]!), keepdims: keep ? 1 : 0 };
  const value = graph.node('ReduceMean', [input.channelsFirst], attributes);
  if (keep) return layouts.first(value, shape);
  if (shape.length > 2) throw new Error('a mean over these axes without keeping them is not supported');
  return layouts.last(value, shape);
}

function resizeBilinear(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  if (booleanAttribute(node, 'align_corners')) throw new Error('align_corners is not supported');
  const [height = 0, width = 0] = constantValues(inputs[1]);
  const [batch, , , channels] = input.shape as [number, number, number, number];
  const { graph } = layouts;
  const sizes = graph.int64s([batch, channels, height, width]);
  const halfPixel = booleanAttribute(node, 'half_pixel_centers');
  const value = graph.node('Resize', [layouts.toFirst(input), '', '', sizes], {
    mode: 'linear',
    coordinate_transformation_mode: halfPixel ? 'half_pixel' : 'asymmetric',
  });
  return layouts.first(value, [batch, height, width, channels]);
}

function without(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}
