import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as faceapi from '@vladmandic/face-api/dist/face-api.node-wasm.js';
import { ROOT } from '../../runtime/paths.ts';
import type { ResizedGraph } from './network-entry.ts';
import { NPM_NETWORKS } from './npm-networks.ts';

/**
 * What TensorFlow.js itself computes, for the test that compares our networks with it. Graph models are run by
 * TensorFlow.js, face-api's networks by face-api on the same TensorFlow.js; nothing of the builder takes part.
 */
export interface Reference {
  /** The outputs, by our names, for pictures of the given size, one behind the other. */
  compute(pixels: Uint8Array, size: ReferenceSize): Promise<Record<string, Float32Array>>;
}

export interface ReferenceSize {
  readonly pictures: number;
  readonly height: number;
  readonly width: number;
}

const packages = join(ROOT, 'node_modules');
const humanModels = join(packages, '@vladmandic/human/models');
const faceApiModels = join(packages, '@vladmandic/face-api/model');

/** Starts TensorFlow.js with its WebAssembly backend. Called once, before any reference. */
export async function startTensorFlow(): Promise<void> {
  setWasmPaths(`${join(packages, '@tensorflow/tfjs-backend-wasm/dist')}/`);
  await tf.setBackend('wasm');
  await tf.ready();
}

export const REFERENCES: Readonly<Record<keyof typeof NPM_NETWORKS, () => Promise<Reference>>> = {
  // BlazeFace's outputs carry no names: they are told apart by their shapes
  blazeface: () =>
    graphModel(
      'blazeface',
      (pixels) => tf.sub(tf.div(pixels, 127.5), 1),
      (outputs) => ({
        scores16: byShape(outputs, '1,512,1'),
        scores32: byShape(outputs, '1,384,1'),
        boxes16: byShape(outputs, '1,512,16'),
        boxes32: byShape(outputs, '1,384,16'),
      }),
    ),
  facemesh: () =>
    graphModel(
      'facemesh',
      (pixels) => tf.div(pixels, 255),
      (outputs) => ({
        mesh: byLastSize(outputs, 1404),
        presence: byLastSize(outputs, 1),
        contours: byLastSize(outputs, 266),
      }),
    ),
  faceres: () =>
    graphModel(
      'faceres',
      (pixels) => pixels,
      (outputs) => ({ embedding: byLastSize(outputs, 1024) }),
    ),
  centernet: () =>
    graphModel(
      'centernet',
      (pixels) => pixels,
      (outputs) => ({ detections: byShape(outputs, '1,100,6') }),
    ),
  'centernet-wide': () =>
    graphModel(
      'centernet',
      (pixels) => pixels,
      (outputs) => ({ detections: byShape(outputs, '1,100,6') }),
      NPM_NETWORKS['centernet-wide'].sources[0].resized,
    ),
  'movenet-lightning': () =>
    graphModel(
      'movenet-lightning',
      (pixels) => tf.cast(pixels, 'int32'),
      (outputs) => ({ keypoints: byShape(outputs, '1,1,17,3') }),
    ),
  'face-recognition': async () => {
    const network = new faceapi.FaceRecognitionNet();
    await network.loadFromDisk(faceApiModels);
    return {
      compute: async (pixels, size) => ({
        embedding: await values(network.forwardInput(netInput(pixels, size))),
      }),
    };
  },
  'face-landmark-68': async () => {
    const network = new faceapi.FaceLandmark68Net();
    await network.loadFromDisk(faceApiModels);
    return {
      compute: async (pixels, size) => ({ landmarks: await values(network.runNet(netInput(pixels, size))) }),
    };
  },
  'ssd-mobilenetv1': async () => {
    const network = new faceapi.SsdMobilenetv1();
    await network.loadFromDisk(faceApiModels);
    return {
      compute: async (pixels, size) => {
        const { boxes, scores } = network.forwardInput(netInput(pixels, size)) as unknown as SsdOutputs;
        return { boxes: await values(boxes[0]!), scores: await values(scores[0]!) };
      },
    };
  },
  'tiny-face-detector': async () => {
    const network = new faceapi.TinyFaceDetector();
    await network.loadFromDisk(faceApiModels);
    return {
      compute: async (pixels, size) => ({
        grid: await values(await network.forward(netInput(pixels, size), size.height)),
      }),
    };
  },
};

interface SsdOutputs {
  readonly boxes: readonly Readable[];
  readonly scores: readonly Readable[];
}

async function graphModel(
  name: string,
  normalise: (pixels: tf.Tensor) => tf.Tensor,
  pick: (outputs: readonly tf.Tensor[]) => Record<string, tf.Tensor>,
  resized?: ResizedGraph,
): Promise<Reference> {
  const model = await tf.loadGraphModel(diskHandler(join(humanModels, `${name}.json`), resized));
  // the signature leaves out what a graph computes beside it
  const nodes = name === 'faceres' ? ['global_pooling/Mean'] : model.outputNodes;
  return {
    async compute(pixels, { pictures, height, width }) {
      const input = tf.tensor(Float32Array.from(pixels), [pictures, height, width, 3]);
      const outputs = [model.execute(normalise(input), nodes)].flat();
      const entries = Object.entries(pick(outputs)).map(
        async ([key, tensor]) => [key, await values(tensor)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

function diskHandler(path: string, resized?: ResizedGraph): tf.io.IOHandler {
  return {
    async load() {
      const model = JSON.parse(await readFile(path, 'utf8')) as tf.io.ModelJSON;
      const parts = await Promise.all(
        model.weightsManifest
          .flatMap((group) => group.paths)
          .map((part) => readFile(join(dirname(path), part))),
      );
      let bytes = new Uint8Array(Buffer.concat(parts));
      let weightSpecs = model.weightsManifest.flatMap((group) => group.weights);
      if (resized) {
        [bytes, weightSpecs] = cutChannels(bytes, weightSpecs, resized);
        replaceConstants(bytes, weightSpecs, resized);
        delete model.signature; // it names the published size, which TensorFlow.js would insist on
        const { node } = model.modelTopology as { node: { op: string; attr: Record<string, unknown> }[] }; // as published
        for (const { op, attr } of node) if (op === 'Placeholder') delete attr['shape'];
      }
      return {
        modelTopology: model.modelTopology,
        weightSpecs,
        weightData: bytes.buffer,
        ...(model.signature === undefined ? {} : { signature: model.signature }),
      };
    },
  };
}

const STORED_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  float16: 2,
  uint8: 1,
  bool: 1,
};

function storedBytes({ dtype, quantization }: tf.io.WeightsManifestEntry): number {
  return STORED_BYTES[quantization?.dtype ?? dtype]!;
}

/** Keeps the first channels of the last axis of some weights. */
function cutChannels(
  bytes: Uint8Array<ArrayBuffer>,
  specs: readonly tf.io.WeightsManifestEntry[],
  { firstChannels = {} }: ResizedGraph,
): [Uint8Array<ArrayBuffer>, tf.io.WeightsManifestEntry[]] {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const cut = specs.map((spec) => {
    const { name, shape } = spec;
    const channels = shape.at(-1) ?? 1;
    const kept = firstChannels[name] ?? channels;
    const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    const size = storedBytes(spec);
    for (let row = 0; row < rows; row++) {
      const from = offset + row * channels * size;
      parts.push(bytes.subarray(from, from + kept * size));
    }
    offset += rows * channels * size;
    return name in firstChannels ? { ...spec, shape: [...shape.slice(0, -1), kept] } : spec;
  });
  return [new Uint8Array(Buffer.concat(parts)), cut];
}

/** Writes other integers into a model's weights, which lie one behind the other. */
function replaceConstants(
  bytes: Uint8Array,
  specs: readonly tf.io.WeightsManifestEntry[],
  { constants }: ResizedGraph,
): void {
  const missing = new Set(Object.keys(constants));
  let offset = 0;
  for (const spec of specs) {
    const { name, shape } = spec;
    const values = constants[name];
    const integers = new DataView(bytes.buffer);
    values?.forEach((value, index) => integers.setInt32(offset + 4 * index, value, true));
    missing.delete(name);
    const count = shape.reduce((product, size) => product * size, 1);
    offset += count * storedBytes(spec);
  }
  if (missing.size > 0) throw new Error(`the model has no constants ${[...missing].join(', ')}`);
}

function netInput(pixels: Uint8Array, { pictures, height, width }: ReferenceSize): faceapi.NetInput {
  const length = height * width * 3;
  const tensors = Array.from({ length: pictures }, (_, index) =>
    tf.tensor3d(Float32Array.from(pixels.subarray(index * length, (index + 1) * length)), [height, width, 3]),
  );
  return new faceapi.NetInput(tensors);
}

/** face-api brings its own, narrower types of the same tensors. */
interface Readable {
  data(): Promise<ArrayLike<number>>;
}

async function values(tensor: Readable): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}

function byShape(tensors: readonly tf.Tensor[], shape: string): tf.Tensor {
  return only(tensors.filter((tensor) => tensor.shape.join() === shape));
}

function byLastSize(tensors: readonly tf.Tensor[], size: number): tf.Tensor {
  return only(tensors.filter((tensor) => tensor.shape.at(-1) === size));
}

function only(tensors: readonly tf.Tensor[]): tf.Tensor {
  const [tensor] = tensors;
  if (!tensor || tensors.length !== 1) throw new Error(`expected one output, found ${tensors.length}`);
  return tensor;
}
