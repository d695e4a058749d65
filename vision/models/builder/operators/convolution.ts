import type { GraphTensor } from '../layout.ts';
import { samePadding, validPadding, type Extent } from '../padding.ts';
import { permuteAxes } from '../tfjs-weights.ts';
import {
  booleanAttribute,
  inputAt,
  integersAttribute,
  textAttribute,
  textsAttribute,
  type Operator,
  type OperatorContext,
  type OperatorTable,
  type TfNode,
} from './operator.ts';

/** Convolutions, pooling and matrix products, with the activations that TensorFlow fuses into them. */
export const CONVOLUTION_OPERATORS: OperatorTable = {
  Conv2D: convolution(false),
  _FusedConv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedDepthwiseConv2dNative: convolution(true),
  MaxPool: maxPool,
  MatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
};

function convolution(depthwise: boolean): Operator {
  return (context, node, inputs) => {
    const { graph } = context.layouts;
    const input = inputAt(inputs, 0);
    const filters = inputAt(inputs, 1);
    const weights = filters.constant;
    if (!(weights instanceof Float32Array)) throw new Error('expected constant float filters');
    if (integersAttribute(node, 'dilations').some((dilation) => dilation !== 1)) {
      throw new Error('dilated convolutions are not supported');
    }
    const [kernelHeight, kernelWidth, inChannels, outChannels] = filters.shape as Quad;
    const channels = depthwise ? inChannels * outChannels : outChannels;
    const extents = spatialExtents(
      node,
      input,
      [kernelHeight, kernelWidth],
      integersAttribute(node, 'strides'),
    );
    const kernel = permuteAxes(weights, filters.shape, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
    const kernelShape = depthwise ? [channels, 1, kernelHeight, kernelWidth] : kernel.shape;
    const values = [context.layouts.toFirst(input), graph.floats(kernel.data, kernelShape)];
    const fused = textsAttribute(node, 'fused_ops');
    if (fused.includes('BiasAdd')) values.push(context.layouts.toLast(inputAt(inputs, 2)));
    let value = graph.node('Conv', values, {
      kernel_shape: [kernelHeight, kernelWidth],
      strides: extents.strides,
      pads: extents.pads,
      group: depthwise ? inChannels : input.shape[3]! / inChannels,
    });
    for (const activation of fused) value = activate(context, value, activation, inputs[3], 'first');
    return context.layouts.first(value, [input.shape[0]!, extents.height, extents.width, channels]);
  };
}

function maxPool(...[context, node, inputs]: Parameters<Operator>): GraphTensor {
  const input = inputAt(inputs, 0);
  const kernel = integersAttribute(node, 'ksize').slice(1, 3) as [number, number];
  const extents = spatialExtents(node, input, kernel, integersAttribute(node, 'strides'));
  const value = context.layouts.graph.node('MaxPool', [context.layouts.toFirst(input)], {
    kernel_shape: kernel,
    strides: extents.strides,
    pads: extents.pads,
  });
  return context.layouts.first(value, [input.shape[0]!, extents.height, extents.width, input.shape[3]!]);
}

function matrixProduct(...[context, node, inputs]: Parameters<Operator>): GraphTensor {
  const { layouts } = context;
  const left = inputAt(inputs, 0);
  const right = inputAt(inputs, 1);
  if (booleanAttribute(node, 'transpose_a')) throw new Error('a transposed first factor is not supported');
  const transposed = booleanAttribute(node, 'transpose_b');
  const fused = textsAttribute(node, 'fused_ops');
  const values = [layouts.toLast(left), layouts.toLast(right)];
  if (fused.includes('BiasAdd')) values.push(layouts.toLast(inputAt(inputs, 2)));
  let value = layouts.graph.node('Gemm', values, { transB: transposed ? 1 : 0 });
  for (const activation of fused) value = activate(context, value, activation, inputs[3], 'last');
  return layouts.last(value, [left.shape[0]!, right.shape[transposed ? 0 : 1]!]);
}

/** A fused activation; BiasAdd has become an input of the product itself. */
function activate(
  { layouts }: OperatorContext,
  value: string,
  activation: string,
  slope: GraphTensor | undefined,
  order: 'first' | 'last',
): string {
  const { graph } = layouts;
  switch (activation) {
    case 'BiasAdd':
      return value;
    case 'Relu':
      return graph.node('Relu', [value]);
    case 'Relu6':
      return graph.node('Clip', [value, graph.scalar(0), graph.scalar(6)]);
    case 'Prelu':
      if (!slope) throw new Error('a fused PRelu without slopes');
      return graph.node('PRelu', [value, order === 'first' ? layouts.toFirst(slope) : layouts.toLast(slope)]);
    default:
      throw new Error(`the fused activation ${activation} is not supported`);
  }
}

type Quad = [number, number, number, number];

function spatialExtents(
  node: TfNode,
  input: GraphTensor,
  kernel: readonly [number, number],
  strideAttribute: readonly number[],
): { height: number; width: number; strides: number[]; pads: number[] } {
  if (textAttribute(node, 'data_format') === 'NCHW')
    throw new Error('channels-first graphs are not supported');
  const [, inputHeight, inputWidth] = input.shape as Quad;
  const [strideY = 1, strideX = 1] = strideAttribute.slice(1, 3);
  const padding = textAttribute(node, 'padding');
  const extent = EXTENTS[padding];
  if (!extent) throw new Error(`the padding ${padding} is not supported`);
  const y = extent(inputHeight, kernel[0], strideY);
  const x = extent(inputWidth, kernel[1], strideX);
  return {
    height: y.output,
    width: x.output,
    strides: [strideY, strideX],
    pads: [y.padBefore, x.padBefore, y.padAfter, x.padAfter],
  };
}

const EXTENTS: Readonly<Record<string, (input: number, kernel: number, stride: number) => Extent>> = {
  SAME: samePadding,
  VALID: validPadding,
};
