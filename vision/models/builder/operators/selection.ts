import { constantValues, fromFront, type GraphTensor } from '../layout.ts';
import { ONNX_TYPE } from '../onnx-graph.ts';
import { inputAt, integerAttribute, type Operator, type OperatorTable } from './operator.ts';

/** Operators that pick values out of a tensor. ONNX indices are 64-bit, TensorFlow.js has 32-bit integers. */
export const SELECTION_OPERATORS: OperatorTable = {
  ArgMax: argMax,
  TopKV2: topK,
  GatherNd: gatherNd,
  GatherV2: gather,
  StridedSlice: stridedSlice,
};

function argMax(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const axis = fromFront(constantValues(inputs[1])[0] ?? 0, input.shape.length);
  const { graph } = layouts;
  const index = graph.node('ArgMax', [layouts.toLast(input)], { axis, keepdims: 0 });
  const shape = input.shape.filter((_, other) => other !== axis);
  return layouts.last(graph.node('Cast', [index], { to: ONNX_TYPE.int32 }), shape, 'int32');
}

function topK(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor[] {
  const input = inputAt(inputs, 0);
  const count = constantValues(inputs[1])[0] ?? 0;
  const { graph } = layouts;
  const attributes = { axis: -1, largest: 1, sorted: 1 };
  const values = [layouts.toLast(input), graph.int64s([count])];
  const [value = '', index = ''] = graph.nodeWithOutputs('TopK', values, attributes, 2);
  const shape = [...input.shape.slice(0, -1), count];
  return [
    layouts.last(value, shape, input.dtype),
    layouts.last(graph.node('Cast', [index], { to: ONNX_TYPE.int32 }), shape, 'int32'),
  ];
}

function gatherNd(...[{ layouts }, , inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const indices = inputAt(inputs, 1);
  const depth = indices.shape.at(-1) ?? 0;
  const { graph } = layouts;
  const index = graph.node('Cast', [layouts.toLast(indices)], { to: ONNX_TYPE.int64 });
  const shape = [...indices.shape.slice(0, -1), ...input.shape.slice(depth)];
  return layouts.last(graph.node('GatherND', [layouts.toLast(input), index]), shape, input.dtype);
}

function gather(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const indices = inputAt(inputs, 1);
  const axis = inputs[2] ? fromFront(constantValues(inputs[2])[0] ?? 0, input.shape.length) : 0;
  const batchDimensions = integerAttribute(node, 'batch_dims');
  const { graph } = layouts;
  if (batchDimensions === 0) {
    const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)];
    const value = graph.node('Gather', [layouts.toLast(input), layouts.toLast(indices)], { axis });
    return layouts.last(value, shape, input.dtype);
  }
  if (batchDimensions !== axis) throw new Error('batch dimensions that are not those before the axis');
  const index = graph.node('Cast', [layouts.toLast(indices)], { to: ONNX_TYPE.int64 });
  const column = graph.node('Unsqueeze', [index, graph.int64s([indices.shape.length])]);
  const value = graph.node('GatherND', [layouts.toLast(input), column], { batch_dims: batchDimensions });
  return layouts.last(value, [...indices.shape, ...input.shape.slice(axis + 1)], input.dtype);
}

function stridedSlice(...[{ layouts }, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  for (const mask of ['ellipsis_mask', 'new_axis_mask']) {
    if (integerAttribute(node, mask) !== 0) throw new Error(`${mask} is not supported`);
  }
  const isSet = (mask: string, axis: number): boolean => ((integerAttribute(node, mask) >> axis) & 1) === 1;
  const begins = constantValues(inputs[1]);
  const ends = constantValues(inputs[2]);
  const strides = constantValues(inputs[3]);
  const shape = [...input.shape];
  const starts: number[] = [];
  const stops: number[] = [];
  const dropped: number[] = [];
  begins.forEach((begin, axis) => {
    const size = input.shape[axis]!;
    const start = isSet('begin_mask', axis) ? 0 : fromFront(begin, size);
    let stop = isSet('end_mask', axis) ? size : Math.min(fromFront(ends[axis]!, size), size);
    if (isSet('shrink_axis_mask', axis)) {
      stop = start + 1;
      dropped.push(axis);
    }
    starts.push(start);
    stops.push(stop);
    shape[axis] = Math.ceil((stop - start) / strides[axis]!);
  });
  const { graph } = layouts;
  const axes = graph.int64s(begins.map((_, axis) => axis));
  const bounds = [graph.int64s(starts), graph.int64s(stops), axes, graph.int64s(strides)];
  let value = graph.node('Slice', [layouts.toLast(input), ...bounds]);
  if (dropped.length > 0) value = graph.node('Squeeze', [value, graph.int64s(dropped)]);
  return layouts.last(
    value,
    shape.filter((_, axis) => !dropped.includes(axis)),
    input.dtype,
  );
}
