import { OnnxGraph } from './onnx-graph.ts';
import { pictureInput, RAW_PIXELS } from './preprocessing.ts';

/** A network as MXNet saves it: symbol.json. */
interface MxnetSymbol {
  readonly nodes: readonly MxnetNode[];
  readonly heads: readonly (readonly [number, ...number[]])[];
}

interface MxnetNode {
  readonly op: string;
  readonly name: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly inputs: readonly (readonly [number, ...number[]])[];
}

interface MxnetArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Conversion {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly output: { readonly name: string; readonly size: number };
}

const BATCH_NORM_EPSILON = 1e-3; // MXNet's default
const LIST_HEADER_BYTES = 16; // magic number of a list of arrays, and a reserved word
const ARRAY_MAGIC = 0xf993fac9; // NDArray, second version: with a storage type
const FLOAT32 = 0;

/**
 * Rewrites an MXNet network (symbol.json and .params) with one vector as its output as ONNX. Rules exist for what small
 * convolutional networks for faces are made of.
 * @throws Error naming the operator or the part of the file that isn't understood
 */
export function convertMxnet(symbolText: string, params: Uint8Array, conversion: Conversion): Uint8Array {
  const symbol = JSON.parse(symbolText) as MxnetSymbol;
  const arrays = readMxnetParams(params);
  const graph = new OnnxGraph(conversion.name);
  const values: string[] = [];
  symbol.nodes.forEach((node, index) => {
    if (node.op !== 'null') values[index] = write(graph, symbol, node, values, arrays);
    else if (node.name === 'data') {
      values[index] = pictureInput(graph, ['N', conversion.height, conversion.width], RAW_PIXELS);
    }
  });
  const head = values[symbol.heads[0]?.[0] ?? -1];
  if (head === undefined) throw new Error('the symbol names no output');
  graph.output(conversion.output.name, head, 'float32', ['N', conversion.output.size]);
  return graph.toModel();
}

/** The named arrays of a .params file: https://github.com/apache/mxnet/blob/master/src/ndarray/ndarray.cc, Load. */
function readMxnetParams(bytes: Uint8Array): Map<string, MxnetArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = LIST_HEADER_BYTES;
  const uint32 = (): number => view.getUint32((offset += 4) - 4, true);
  const uint64 = (): number => Number(view.getBigUint64((offset += 8) - 8, true));
  const arrays = Array.from({ length: uint64() }, (): MxnetArray => {
    const magic = uint32();
    if (magic !== ARRAY_MAGIC) throw new Error(`an array begins with ${magic.toString(16)}`);
    offset += 4; // storage type: dense
    const shape = Array.from({ length: uint32() }, uint64);
    offset += 8; // device
    const type = uint32();
    if (type !== FLOAT32)
      throw new Error(`an array has the element type ${type}; only float32 is understood`);
    const length = shape.reduce((product, size) => product * size, 1) * 4;
    const data = new Float32Array(new Uint8Array(bytes.subarray(offset, offset + length)).buffer);
    offset += length;
    return { shape, data };
  });
  const names = Array.from({ length: uint64() }, () => {
    const length = uint64();
    offset += length;
    return new TextDecoder().decode(bytes.subarray(offset - length, offset)).replace(/^(arg|aux):/, '');
  });
  return new Map(arrays.map((array, index) => [names[index] ?? '', array]));
}

function write(
  graph: OnnxGraph,
  symbol: MxnetSymbol,
  node: MxnetNode,
  values: readonly string[],
  arrays: ReadonlyMap<string, MxnetArray>,
): string {
  const attributes = node.attrs ?? {};
  const value = (index: number): string => {
    const found = values[node.inputs[index]?.[0] ?? -1];
    if (found === undefined) throw new Error(`${node.op} ${node.name}: input ${index} is missing`);
    return found;
  };
  const array = (index: number): MxnetArray => {
    const name = symbol.nodes[node.inputs[index]?.[0] ?? -1]?.name ?? '';
    const found = arrays.get(name);
    if (!found) throw new Error(`${node.op} ${node.name}: the parameters have no ${name}`);
    return found;
  };
  const weights = (index: number): string => graph.floats(array(index).data, array(index).shape);
  const withBias = (): string[] => (isTrue(attributes['no_bias']) ? [] : [weights(2)]);

  switch (node.op) {
    case '_minus_scalar':
      return graph.node('Sub', [value(0), graph.scalar(Number(attributes['scalar']))]);
    case '_mul_scalar':
      return graph.node('Mul', [value(0), graph.scalar(Number(attributes['scalar']))]);
    case '_maximum_scalar':
      return graph.node('Max', [value(0), graph.scalar(Number(attributes['scalar']))]);
    case '_minimum_scalar':
      return graph.node('Min', [value(0), graph.scalar(Number(attributes['scalar']))]);
    case 'elemwise_add':
      return graph.node('Add', [value(0), value(1)]);
    case 'Flatten':
      return graph.node('Flatten', [value(0)], { axis: 1 });
    case 'Convolution': {
      const pad = tuple(attributes['pad'], [0, 0]);
      return graph.node('Conv', [value(0), weights(1), ...withBias()], {
        kernel_shape: tuple(attributes['kernel'], []),
        strides: tuple(attributes['stride'], [1, 1]),
        pads: [...pad, ...pad],
        group: Number(attributes['num_group'] ?? 1),
      });
    }
    case 'BatchNorm': {
      const gamma = array(1);
      // MXNet ignores the learnt scale unless it is told not to
      const scale = attributes['fix_gamma'] === 'False' ? gamma.data : gamma.data.map(() => 1);
      const inputs = [value(0), graph.floats(scale, gamma.shape), weights(2), weights(3), weights(4)];
      const epsilon = { float: Number(attributes['eps'] ?? BATCH_NORM_EPSILON) };
      return graph.node('BatchNormalization', inputs, { epsilon });
    }
    case 'FullyConnected':
      return graph.node('Gemm', [value(0), weights(1), ...withBias()], { transB: 1 });
    default:
      throw new Error(`there is no rule for the MXNet operator ${node.op} (node ${node.name})`);
  }
}

function isTrue(attribute: string | undefined): boolean {
  return attribute === 'True' || attribute === '1';
}

/** "(3, 3)" → [3, 3]. */
function tuple(text: string | undefined, absent: readonly number[]): readonly number[] {
  return text === undefined ? absent : (text.match(/\d+/g) ?? []).map(Number);
}
