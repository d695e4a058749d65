import { OnnxGraph, type Attributes } from '../onnx-graph.ts';
import { samePadding, type Extent } from '../padding.ts';
import { permuteAxes, type Weight } from '../tfjs-weights.ts';

/** A feature map of the network that is being written: channels first. */
export interface FeatureMap {
  readonly value: string;
  readonly channels: number;
  /** Height and width in pixels; networks of face-api are square. NaN where the size is free. */
  readonly size: number;
}

interface ConvolutionOptions {
  readonly stride?: number;
  /** `valid`: none; `same`: as TensorFlow does it. */
  readonly padding?: 'valid' | 'same';
  /** Name of the weights that hold the bias. */
  readonly bias?: string;
  /** Prefix of a per-channel scale and shift that follow (dlib's affine layer); folded into the convolution. */
  readonly affine?: string;
}

const NO_PADDING = { padBefore: 0, padAfter: 0 };

/** The layers that face-api's networks are made of, written as ONNX nodes from named weights. */
export class Layers {
  readonly graph: OnnxGraph;
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #used = new Set<string>();

  constructor(name: string, weights: ReadonlyMap<string, Weight>) {
    this.graph = new OnnxGraph(name);
    this.#weights = weights;
  }

  weight(name: string): Weight & { readonly data: Float32Array } {
    const weight = this.#weights.get(name);
    if (!weight) throw new Error(`weight ${name} is missing`);
    const { data } = weight;
    if (!(data instanceof Float32Array)) throw new Error(`weight ${name} is ${weight.dtype}, not float32`);
    this.#used.add(name);
    return { ...weight, data };
  }

  floats(name: string): string {
    const { data, shape } = this.weight(name);
    return this.graph.floats(data, shape);
  }

  /**
   * The finished model; every weight must have found its place, else the description of the network is wrong.
   * @param isIncidental tells weights that belong to a part of the original graph which we don't carry
   */
  toModel(isIncidental: (name: string) => boolean = () => false): Uint8Array {
    const unused = [...this.#weights.keys()].filter((name) => !this.#used.has(name) && !isIncidental(name));
    if (unused.length > 0) throw new Error(`weights without a place: ${unused.join(', ')}`);
    return this.graph.toModel();
  }

  convolution(input: FeatureMap, filters: string, options: ConvolutionOptions = {}): FeatureMap {
    const { data, shape } = this.weight(filters);
    const [height, width, , channels] = shape as [number, number, number, number];
    const stride = options.stride ?? 1;
    const extent = extentOf(input.size, height, stride, options.padding ?? 'valid');
    let kernel = data;
    let bias = options.bias === undefined ? undefined : this.weight(options.bias).data;
    if (options.affine !== undefined) {
      const scale = this.weight(`${options.affine}/weights`).data;
      const shift = this.weight(`${options.affine}/biases`).data;
      const plain = bias ?? new Float32Array(channels);
      kernel = data.map((value, index) => value * scale[index % channels]!);
      bias = plain.map((value, channel) => value * scale[channel]! + shift[channel]!);
    }
    const channelsFirst = permuteAxes(kernel, shape, [3, 2, 0, 1]);
    const inputs = [input.value, this.graph.floats(channelsFirst.data, channelsFirst.shape)];
    if (bias) inputs.push(this.graph.floats(bias));
    const value = this.graph.node('Conv', inputs, window([height, width], stride, extent));
    return { value, channels, size: extent.output };
  }

  depthwise(input: FeatureMap, filters: string, stride = 1): FeatureMap {
    const { data, shape } = this.weight(filters);
    const [height, width, channels, multiplier] = shape as [number, number, number, number];
    const extent = extentOf(input.size, height, stride, 'same');
    const kernel = permuteAxes(data, shape, [2, 3, 0, 1]);
    const kernelValue = this.graph.floats(kernel.data, [channels * multiplier, 1, height, width]);
    const attributes = { ...window([height, width], stride, extent), group: channels };
    const value = this.graph.node('Conv', [input.value, kernelValue], attributes);
    return { value, channels: channels * multiplier, size: extent.output };
  }

  pool(
    type: 'MaxPool' | 'AveragePool',
    input: FeatureMap,
    kernel: number,
    stride: number,
    padding: 'valid' | 'same' = 'valid',
  ): FeatureMap {
    const extent = extentOf(input.size, kernel, stride, padding);
    const value = this.graph.node(type, [input.value], window([kernel, kernel], stride, extent));
    return { ...input, value, size: extent.output };
  }

  relu(input: FeatureMap): FeatureMap {
    return { ...input, value: this.graph.node('Relu', [input.value]) };
  }

  relu6(input: FeatureMap): FeatureMap {
    const value = this.graph.node('Clip', [input.value, this.graph.scalar(0), this.graph.scalar(6)]);
    return { ...input, value };
  }

  leakyRelu(input: FeatureMap, slope: number): FeatureMap {
    return { ...input, value: this.graph.node('LeakyRelu', [input.value], { alpha: { float: slope } }) };
  }

  add(a: FeatureMap, b: FeatureMap): FeatureMap {
    return { ...a, value: this.graph.node('Add', [a.value, b.value]) };
  }
}

function extentOf(size: number, kernel: number, stride: number, padding: 'valid' | 'same'): Extent {
  if (padding === 'valid') return { ...NO_PADDING, output: Math.floor((size - kernel) / stride) + 1 };
  if (Number.isNaN(size) && stride === 1) {
    const before = Math.floor((kernel - 1) / 2); // at stride 1 the padding doesn't depend on the size
    return { output: size, padBefore: before, padAfter: kernel - 1 - before };
  }
  return samePadding(size, kernel, stride);
}

function window(kernel: readonly [number, number], stride: number, extent: Extent): Attributes {
  const { padBefore, padAfter } = extent;
  return {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padBefore, padBefore, padAfter, padAfter],
  };
}
