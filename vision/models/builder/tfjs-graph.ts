import { UserError, messageOf } from '../../../runtime/errors.ts';
import { Layouts, type GraphTensor } from './layout.ts';
import { OnnxGraph, type Dimension } from './onnx-graph.ts';
import { CONVOLUTION_OPERATORS } from './operators/convolution.ts';
import { ELEMENTWISE_OPERATORS, tensorDtype } from './operators/elementwise.ts';
import type { OperatorTable, TfNode } from './operators/operator.ts';
import { SELECTION_OPERATORS } from './operators/selection.ts';
import { SHAPE_OPERATORS } from './operators/shape.ts';
import type { ResizedGraph } from '../network-entry.ts';
import { pictureInput, type Normalisation } from './preprocessing.ts';
import { decodeWeights, firstChannels, type WeightSpec } from './tfjs-weights.ts';

/** The content of a TensorFlow.js graph model's model.json, as far as it concerns us. */
export interface TfjsModel {
  readonly modelTopology: { readonly node: readonly TfNode[] };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
}

export interface TfjsConversion {
  readonly name: string;
  /** Our name of an output → the node of the graph that computes it (`node` or `node:1`). */
  readonly outputs: Readonly<Record<string, string>>;
  readonly normalisation: Normalisation;
  /** The network may be given several pictures at once; only for graphs without batch-dependent constants. */
  readonly freeBatch: boolean;
  /** Another size of picture than the graph was made for. */
  readonly resized?: ResizedGraph;
}

const OPERATORS: OperatorTable = {
  ...CONVOLUTION_OPERATORS,
  ...ELEMENTWISE_OPERATORS,
  ...SHAPE_OPERATORS,
  ...SELECTION_OPERATORS,
};

/**
 * Rewrites a TensorFlow.js graph model, with one picture as its input, as an ONNX model that takes 8-bit RGB pixels.
 * Only what the wanted outputs need is written. Shapes must be known apart from the batch.
 * @throws UserError naming the operator and the node that can't be rewritten
 */
export function convertTfjsGraph(
  model: TfjsModel,
  weightBytes: Uint8Array,
  conversion: TfjsConversion,
): Uint8Array {
  const nodes = new Map(model.modelTopology.node.map((node) => [node.name, node]));
  const weights = decodeWeights(
    weightBytes,
    model.weightsManifest.flatMap((group) => group.weights),
  );
  const graph = new OnnxGraph(conversion.name);
  const layouts = new Layouts(graph);
  const context = { layouts, freeBatch: conversion.freeBatch };
  const finished = new Map<string, readonly GraphTensor[]>();
  const batch: Dimension = conversion.freeBatch ? 'N' : 1;

  const tensor = (reference: string): GraphTensor => {
    const [name = '', index = '0'] = reference.split(':');
    const found = evaluate(name)[Number(index)];
    if (!found) throw new Error(`the graph has no value ${reference}`);
    return found;
  };

  const evaluate = (name: string): readonly GraphTensor[] => {
    const known = finished.get(name);
    if (known) return known;
    const node = nodes.get(name);
    if (!node) throw new Error(`the graph has no node ${name}`);
    const tensors =
      node.op === 'Const' ? [weight(name)] : node.op === 'Placeholder' ? [picture(node)] : compute(node);
    finished.set(name, tensors);
    return tensors;
  };

  const weight = (name: string): GraphTensor => {
    const found = weights.get(name);
    if (!found) throw new Error(`the constant ${name} has no weights`);
    const replaced = conversion.resized?.constants[name];
    const kept = conversion.resized?.firstChannels?.[name];
    if (kept !== undefined) {
      const { shape, dtype, data } = firstChannels(found, kept);
      return { shape, dtype, constant: data };
    }
    if (replaced === undefined) return { shape: found.shape, dtype: found.dtype, constant: found.data };
    if (found.dtype !== 'int32' || replaced.length !== found.data.length) {
      throw new Error(`the constant ${name} can't be replaced by ${replaced.length} integers`);
    }
    return { shape: found.shape, dtype: 'int32', constant: Int32Array.from(replaced) };
  };

  const picture = (node: TfNode): GraphTensor => {
    const sizes = (node.attr?.['shape']?.shape?.dim ?? []).map((dimension) => Number(dimension.size));
    const [, publishedHeight = -1, publishedWidth = -1, channels] = sizes;
    const { height, width } = conversion.resized ?? { height: publishedHeight, width: publishedWidth };
    if (sizes.length !== 4 || height < 1 || width < 1 || channels !== 3) {
      throw new Error(`input ${node.name} is no RGB picture of known size: [${sizes.join()}]`);
    }
    const value = pictureInput(graph, [batch, height, width], conversion.normalisation);
    const input = layouts.first(value, [1, height, width, 3]);
    if (tensorDtype(node.attr?.['dtype']?.type) === 'float32') return input;
    const integers = graph.node('Cast', [value], { to: 6 }); // MoveNet asks for whole numbers and makes floats of them itself
    return layouts.first(integers, [1, height, width, 3], 'int32');
  };

  const compute = (node: TfNode): readonly GraphTensor[] => {
    const operator = OPERATORS[node.op];
    if (!operator) throw unsupported(conversion.name, node, 'there is no rule for this operator');
    const inputs = (node.input ?? []).filter((reference) => !reference.startsWith('^')).map(tensor);
    try {
      return [operator(context, node, inputs)].flat();
    } catch (error) {
      throw unsupported(conversion.name, node, messageOf(error));
    }
  };

  for (const [name, reference] of Object.entries(conversion.outputs)) {
    const output = tensor(reference);
    const shape: Dimension[] = [...output.shape];
    if (conversion.freeBatch) shape[0] = batch;
    graph.output(name, layouts.toLast(output), output.dtype, shape);
  }
  return graph.toModel();
}

function unsupported(network: string, node: TfNode, why: string): UserError {
  return new UserError(
    'network.operator',
    `Network ${network} can't be converted: operator ${node.op} at node ${node.name}: ${why}.`,
    'Use a version of the package that this release knows, or add a rule in vision/models/builder/operators.',
  );
}
