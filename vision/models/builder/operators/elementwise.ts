import type { WeightDtype } from '../tfjs-weights.ts';
import { ONNX_TYPE } from '../onnx-graph.ts';
import { inputAt, type Operator, type OperatorTable } from './operator.ts';

/** Arithmetic and activations, value by value. */
export const ELEMENTWISE_OPERATORS: OperatorTable = {
  Identity: (_context, _node, inputs) => inputAt(inputs, 0),
  Add: elementwise('Add'),
  AddV2: elementwise('Add'),
  Sub: elementwise('Sub'),
  Mul: elementwise('Mul'),
  RealDiv: elementwise('Div'),
  Maximum: elementwise('Max'),
  Minimum: elementwise('Min'),
  Relu: elementwise('Relu'),
  Sigmoid: elementwise('Sigmoid'),
  Sqrt: elementwise('Sqrt'),
  Prelu: elementwise('PRelu'),
  Equal: elementwise('Equal', 'bool'),
  // ONNX divides integers towards zero, TensorFlow downwards: the same for the indices that our graphs divide
  FloorDiv: onIntegers('Div'),
  FloorMod: onIntegers('Mod'),
  Relu6: ({ layouts }, _node, inputs) =>
    layouts.elementwise(inputs, ([value = '']) =>
      layouts.graph.node('Clip', [value, layouts.graph.scalar(0), layouts.graph.scalar(6)]),
    ),
  SquaredDifference: ({ layouts }, _node, inputs) =>
    layouts.elementwise(inputs, (values) => {
      const difference = layouts.graph.node('Sub', values);
      return layouts.graph.node('Mul', [difference, difference]);
    }),
  Softmax: ({ layouts }, _node, inputs) => {
    const input = inputAt(inputs, 0);
    return layouts.last(layouts.graph.node('Softmax', [layouts.toLast(input)], { axis: -1 }), input.shape);
  },
  Cast: cast,
};

const DTYPES: Readonly<Record<string, WeightDtype>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32', // TensorFlow.js has no 64-bit integers
  DT_BOOL: 'bool',
  1: 'float32',
  3: 'int32',
  9: 'int32',
  10: 'bool',
};

/** The element type of a TensorFlow enum value, by name or number. */
export function tensorDtype(type: string | number | undefined): WeightDtype {
  const dtype = DTYPES[String(type)];
  if (!dtype) throw new Error(`the element type ${String(type)} is not supported`);
  return dtype;
}

function elementwise(onnxOperator: string, result?: WeightDtype): Operator {
  return ({ layouts }, _node, inputs) =>
    layouts.elementwise(inputs, (values) => layouts.graph.node(onnxOperator, values), result);
}

function onIntegers(onnxOperator: string): Operator {
  return (context, node, inputs) => {
    if (inputAt(inputs, 0).dtype !== 'int32') throw new Error('is only supported for integers');
    return elementwise(onnxOperator)(context, node, inputs);
  };
}

function cast(...[{ layouts }, node, inputs]: Parameters<Operator>): ReturnType<Operator> {
  const input = inputAt(inputs, 0);
  const dtype = tensorDtype(node.attr?.['DstT']?.type);
  if (dtype === input.dtype) return input;
  if (input.constant) {
    const converted = dtype === 'float32' ? Float32Array : Int32Array;
    return { shape: input.shape, dtype, constant: converted.from(input.constant) };
  }
  return layouts.elementwise(
    [input],
    (values) => layouts.graph.node('Cast', values, { to: ONNX_TYPE[dtype] }),
    dtype,
  );
}
