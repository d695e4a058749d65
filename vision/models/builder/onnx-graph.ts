import { ProtobufWriter } from './protobuf.ts';

/** Element types of ONNX tensors that we write (TensorProto.DataType). */
export const ONNX_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type OnnxType = keyof typeof ONNX_TYPE;
/** A size, or the name of a dimension that is known only when the network runs. */
export type Dimension = number | string;
export type TensorData = Float32Array | Int32Array | Uint8Array | BigInt64Array;
/** An attribute of a node; `{ float }` because a JavaScript number doesn't tell integers from floats. */
export type Attribute =
  number | string | readonly number[] | { readonly float: number } | { readonly tensor: ProtobufWriter };
export type Attributes = Readonly<Record<string, Attribute>>;

interface ValueInfo {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly shape: readonly Dimension[];
}

/** ONNX 1.12: ORT has run it since 1.12, and its ReduceMean still takes axes as an attribute. */
const OPSET = 17;
const IR_VERSION = 8;

/**
 * An ONNX graph that is being written. Values are known by their names; {@link OnnxGraph.node} appends a node, in
 * topological order by construction, and gives the names of its outputs.
 * Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */
export class OnnxGraph {
  readonly #name: string;
  readonly #body = new ProtobufWriter();
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  #nextId = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, dtype: OnnxType, shape: readonly Dimension[]): string {
    this.#inputs.push({ name, dtype, shape });
    return name;
  }

  /** Declares `value` as an output of the network under `name`. */
  output(name: string, value: string, dtype: OnnxType, shape: readonly Dimension[]): void {
    this.#append('Identity', [value], {}, [name]);
    this.#outputs.push({ name, dtype, shape });
  }

  /** A constant of any type; its bytes are kept as they are (little-endian on every platform that Node runs on). */
  constant(dtype: OnnxType, shape: readonly number[], data: TensorData): string {
    const name = this.#id('constant');
    this.#body.message(5, tensorMessage(name, dtype, shape, data));
    return name;
  }

  floats(values: readonly number[] | Float32Array, shape: readonly number[] = [values.length]): string {
    return this.constant(
      'float32',
      shape,
      values instanceof Float32Array ? values : Float32Array.from(values),
    );
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  int64s(values: readonly number[]): string {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Appends a node with one output and gives that output's name. An empty input name means "left out". */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#id(type);
    this.#append(type, inputs, attributes, [output]);
    return output;
  }

  nodeWithOutputs(type: string, inputs: readonly string[], attributes: Attributes, count: number): string[] {
    const outputs = Array.from({ length: count }, () => this.#id(type));
    this.#append(type, inputs, attributes, outputs);
    return outputs;
  }

  /** The finished ModelProto. */
  toModel(): Uint8Array {
    const graph = this.#body;
    graph.stringField(2, this.#name);
    for (const input of this.#inputs) graph.message(11, valueInfo(input));
    for (const output of this.#outputs) graph.message(12, valueInfo(output));
    const opset = new ProtobufWriter().stringField(1, '').varintField(2, OPSET);
    return new ProtobufWriter()
      .varintField(1, IR_VERSION)
      .stringField(2, 'smart-store')
      .message(7, graph)
      .message(8, opset)
      .finish();
  }

  #id(prefix: string): string {
    return `${prefix}_${this.#nextId++}`;
  }

  #append(type: string, inputs: readonly string[], attributes: Attributes, outputs: readonly string[]): void {
    this.#body.message(1, nodeMessage(type, inputs, attributes, outputs));
  }
}

/** A NodeProto. */
export function nodeMessage(
  type: string,
  inputs: readonly string[],
  attributes: Attributes,
  outputs: readonly string[],
): ProtobufWriter {
  const node = new ProtobufWriter();
  for (const input of inputs) node.stringField(1, input);
  for (const output of outputs) node.stringField(2, output);
  node.stringField(3, `${outputs[0] ?? type}_node`).stringField(4, type);
  for (const [name, value] of Object.entries(attributes)) node.message(5, attributeMessage(name, value));
  return node;
}

/** A TensorProto. */
export function tensorMessage(
  name: string,
  dtype: OnnxType,
  shape: readonly number[],
  data: TensorData,
): ProtobufWriter {
  const tensor = new ProtobufWriter();
  if (shape.length > 0) tensor.packedVarints(1, shape);
  tensor.varintField(2, ONNX_TYPE[dtype]).stringField(8, name);
  return tensor.bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** A ValueInfoProto: name, element type and shape of an input or output. */
export function valueInfo({ name, dtype, shape }: ValueInfo): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    if (typeof size === 'string') dimension.stringField(2, size);
    else dimension.varintField(1, size);
    dimensions.message(1, dimension);
  }
  const tensor = new ProtobufWriter().varintField(1, ONNX_TYPE[dtype]).message(2, dimensions);
  return new ProtobufWriter().stringField(1, name).message(2, new ProtobufWriter().message(1, tensor));
}

function attributeMessage(name: string, value: Attribute): ProtobufWriter {
  const attribute = new ProtobufWriter().stringField(1, name);
  if (typeof value === 'string') return attribute.stringField(4, value).varintField(20, 3);
  if (typeof value === 'number') return attribute.varintField(3, value).varintField(20, 2);
  if ('float' in value) return attribute.floatField(2, value.float).varintField(20, 1);
  if ('tensor' in value) return attribute.message(5, value.tensor).varintField(20, 4);
  return attribute.packedVarints(8, value).varintField(20, 7);
}
