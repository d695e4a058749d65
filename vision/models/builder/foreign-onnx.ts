import type { ForeignInput } from '../network-entry.ts';
import { nodeMessage, ONNX_TYPE, tensorMessage, valueInfo, type Dimension } from './onnx-graph.ts';
import { PICTURE_INPUT } from './preprocessing.ts';
import { ProtobufWriter, readFields } from './protobuf.ts';

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, input: 11, output: 12 } as const;
const VALUE_NAME = 1;

export interface ForeignAdaptation {
  readonly input: ForeignInput;
  /** The shape that our input shall have: N, H, W, 3. */
  readonly shape: readonly Dimension[];
  /** Our output → theirs; other outputs are dropped. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Puts our picture contract before somebody else's ONNX file: the new input takes 8-bit RGB pixels (NHWC), and nodes
 * that turn them into what the file wants are written before its own, which stay as they are, byte by byte.
 * @throws Error when the file is no ONNX model or lacks the named input or outputs
 */
export function adaptForeignOnnx(model: Uint8Array, adaptation: ForeignAdaptation): Uint8Array {
  const adapted = new ProtobufWriter();
  let graphs = 0;
  for (const field of readFields(model)) {
    if (field.field !== MODEL_GRAPH) adapted.raw(field.encoded);
    else {
      adapted.message(MODEL_GRAPH, adaptGraph(field.content, adaptation));
      graphs++;
    }
  }
  if (graphs !== 1) throw new Error('the file holds no ONNX graph');
  return adapted.finish();
}

function adaptGraph(graph: Uint8Array, { input, shape, outputs }: ForeignAdaptation): ProtobufWriter {
  const adapted = new ProtobufWriter();
  for (const node of preamble(input)) adapted.message(GRAPH.node, node);
  const theirInputs = new Map<string, Uint8Array>();
  const theirOutputs = new Map<string, Uint8Array>();
  for (const field of readFields(graph)) {
    if (field.field === GRAPH.input) theirInputs.set(nameOf(field.content), field.content);
    if (field.field === GRAPH.output) theirOutputs.set(nameOf(field.content), field.content);
    const isReplaced =
      field.field === GRAPH.output || (field.field === GRAPH.input && nameOf(field.content) === input.name);
    if (!isReplaced) adapted.raw(field.encoded);
  }
  const theirInput = theirInputs.get(input.name);
  if (!theirInput)
    throw new Error(`it has no input ${input.name}, but ${[...theirInputs.keys()].join(', ')}`);
  checkInput(input, shape, theirInput);
  adapted.message(GRAPH.input, valueInfo({ name: PICTURE_INPUT, dtype: 'uint8', shape }));
  for (const [ours, theirs] of Object.entries(outputs)) {
    const described = theirOutputs.get(theirs);
    if (!described) throw new Error(`it has no output ${theirs}, but ${[...theirOutputs.keys()].join(', ')}`);
    if (ours !== theirs) adapted.message(GRAPH.node, nodeMessage('Identity', [theirs], {}, [ours]));
    adapted.message(GRAPH.output, renamed(described, ours));
  }
  return adapted;
}

/** The file's own words about its input must agree with the contract; sizes that it leaves open agree with any. */
function checkInput(input: ForeignInput, shape: readonly Dimension[], described: Uint8Array): void {
  const [batch, height, width, channels] = shape;
  const wanted =
    input.layout === 'NCHW' ? [batch, channels, height, width] : [batch, height, width, channels];
  const { elementType, sizes } = tensorType(described);
  const agrees =
    elementType === ONNX_TYPE[input.dtype] &&
    sizes.length === wanted.length &&
    sizes.every(
      (size, axis) => size === undefined || typeof wanted[axis] === 'string' || size === wanted[axis],
    );
  if (agrees) return;
  const theirs = sizes.map((size) => size ?? '?').join(', ');
  throw new Error(
    `its input ${input.name} is of type ${elementType} (ONNX's number) and shape [${theirs}], ` +
      `the contract says ${input.dtype} [${wanted.join(', ')}]`,
  );
}

/** The element type and the sizes (undefined: open) of a ValueInfoProto. */
function tensorType(described: Uint8Array): { elementType: number; sizes: (number | undefined)[] } {
  const content = (message: Uint8Array, number: number): Uint8Array =>
    readFields(message).find(({ field }) => field === number)?.content ?? new Uint8Array();
  const tensor = content(content(described, 2), 1);
  const elementType = Number(readFields(tensor).find(({ field }) => field === 1)?.varint ?? 0);
  const sizes = readFields(content(tensor, 2)).map((dimension) => {
    const fixed = readFields(dimension.content).find(({ field }) => field === 1);
    return fixed === undefined ? undefined : Number(fixed.varint);
  });
  return { elementType, sizes };
}

/** The nodes from our pixels to the value that the file calls its input. */
function preamble(input: ForeignInput): ProtobufWriter[] {
  const nodes: ProtobufWriter[] = [];
  let value = PICTURE_INPUT;
  let count = 0;
  const append = (type: string, inputs: readonly string[], attributes = {}): void => {
    const output = `${PICTURE_INPUT}_${++count}`;
    nodes.push(nodeMessage(type, inputs, attributes, [output]));
    value = output;
  };
  // constants are nodes: files before IR version 4 want every initialiser listed as an input
  const constant = (tensor: ProtobufWriter): string => {
    const output = `${PICTURE_INPUT}_constant_${++count}`;
    nodes.push(nodeMessage('Constant', [], { value: { tensor } }, [output]));
    return output;
  };
  const planar = input.layout === 'NCHW';
  if (planar) append('Transpose', [value], { perm: [0, 3, 1, 2] });
  if (input.colour === 'BGR') {
    const order = constant(tensorMessage('', 'int64', [3], BigInt64Array.of(2n, 1n, 0n)));
    append('Gather', [value, order], { axis: planar ? 1 : 3 });
  }
  if (input.dtype === 'float32') {
    append('Cast', [value], { to: 1 });
    const { mean, divisor } = input.normalisation;
    if (mean.some((channel) => channel !== 0)) {
      const shape = planar ? [3, 1, 1] : [3];
      append('Sub', [value, constant(tensorMessage('', 'float32', shape, Float32Array.from(mean)))]);
    }
    if (divisor !== 1) {
      append('Div', [value, constant(tensorMessage('', 'float32', [], Float32Array.of(divisor)))]);
    }
  }
  nodes.push(nodeMessage('Identity', [value], {}, [input.name]));
  return nodes;
}

function nameOf(valueInfoMessage: Uint8Array): string {
  const field = readFields(valueInfoMessage).find((candidate) => candidate.field === VALUE_NAME);
  return new TextDecoder().decode(field?.content ?? new Uint8Array());
}

function renamed(valueInfoMessage: Uint8Array, name: string): ProtobufWriter {
  const copy = new ProtobufWriter().stringField(VALUE_NAME, name);
  for (const field of readFields(valueInfoMessage)) if (field.field !== VALUE_NAME) copy.raw(field.encoded);
  return copy;
}
