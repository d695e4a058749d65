import type { Dimension } from './builder/onnx-graph.ts';
import type { Normalisation } from './builder/preprocessing.ts';

export const NETWORK_TASKS = [
  'face-detection',
  'face-mesh',
  'face-landmarks',
  'face-embedding',
  'anti-spoofing',
  'person-detection',
  'body-pose',
] as const;
export type NetworkTask = (typeof NETWORK_TASKS)[number];

/**
 * What every network of ours takes, whoever made it: one tensor `pixels` of 8-bit pixels, RGB, rows from the top, N × H ×
 * W × 3. What the network itself wants (floats, BGR, channels first, normalised) is done inside the graph.
 */
export interface PictureContract {
  /** 1, or 'N' where several pictures may be given at once. */
  readonly batch: 1 | 'N';
  /** Pixels; a name where the network takes any size. */
  readonly height: Dimension;
  readonly width: Dimension;
  /** What the picture must show, in words. */
  readonly shows: string;
}

export interface OutputContract {
  readonly dtype: 'float32';
  readonly shape: readonly Dimension[];
  readonly meaning: string;
}

/** How a foreign ONNX file takes its picture. */
export interface ForeignInput {
  readonly name: string;
  readonly dtype: 'float32' | 'uint8';
  readonly layout: 'NCHW' | 'NHWC';
  readonly colour: 'RGB' | 'BGR';
  /** Applied to the pixel values 0..255, in the network's own colour order. */
  readonly normalisation: Normalisation;
}

/** A file that isn't on npm. Where the checksum isn't known to us, the person who adds the network must state it. */
export interface RequiredFile {
  readonly name: string;
  readonly url?: string;
  readonly sha256?: string;
}

export interface TfjsSource {
  readonly kind: 'tfjs';
  readonly package: string;
  /** The version that the conversion was proven with; another one is refused. */
  readonly version: string;
  /** Path inside the package, without `.json`. */
  readonly path: string;
  readonly normalisation: Normalisation;
  /** Our output → node of the graph. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Where the network is to take pictures of another size than it was published with. */
  readonly resized?: ResizedGraph;
}

/** A fully convolutional graph for another size of picture: what it says of its own sizes is replaced. */
export interface ResizedGraph {
  readonly height: number;
  readonly width: number;
  /** Node of an integer constant → its values for this size. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
  /** Node of a constant → so many of its last axis are kept, the first: classes that nobody asks for cost nothing then. */
  readonly firstChannels?: Readonly<Record<string, number>>;
}

export interface FaceApiSource {
  readonly kind: 'face-api';
  readonly package: string;
  readonly version: string;
  /** Path inside the package, without `-weights_manifest.json`. */
  readonly path: string;
  readonly architecture: 'face-recognition' | 'face-landmark-68' | 'ssd-mobilenetv1' | 'tiny-face-detector';
}

export interface OnnxSource {
  readonly kind: 'onnx';
  /** Where its authors publish it. */
  readonly address: string;
  readonly file: RequiredFile;
  readonly foreignInput: ForeignInput;
  /** Our output → theirs. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface MxnetSource {
  readonly kind: 'mxnet';
  readonly address: string;
  readonly symbol: RequiredFile;
  readonly params: RequiredFile;
  readonly output: string;
}

export type NpmSource = TfjsSource | FaceApiSource;
export type AddedSource = OnnxSource | MxnetSource;

export interface NetworkEntry {
  readonly name: string;
  readonly task: NetworkTask;
  readonly summary: string;
  /** SPDX identifier, or the words of whoever added the network. */
  readonly licence: string;
  /** The first that is present is used. Those from npm are always present. */
  readonly sources: readonly [NpmSource] | readonly [AddedSource, ...AddedSource[]];
  readonly input: PictureContract;
  readonly outputs: Readonly<Record<string, OutputContract>>;
  /** Templates may be compared only when they are of the same space. Of embedding networks only. */
  readonly embeddingSpace?: string;
  /** Among present networks of a task the highest wins; see the README for what it rests on. Negative: never chosen. */
  readonly preference: number;
}

/** The shape of the input tensor. */
export function inputShape({ batch, height, width }: PictureContract): readonly Dimension[] {
  return [batch, height, width, 3];
}

/** Whether npm brings the network along; the others have to be added. */
export function comesFromNpm(source: NpmSource | AddedSource): source is NpmSource {
  return source.kind === 'tfjs' || source.kind === 'face-api';
}

/** The files that must be added before the network can be used. */
export function requiredFiles(source: AddedSource): readonly RequiredFile[] {
  return source.kind === 'onnx' ? [source.file] : [source.symbol, source.params];
}
