import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node';
import { UserError, messageOf } from '../../runtime/errors.ts';
import type { Dimension } from './builder/onnx-graph.ts';
import { PICTURE_INPUT } from './builder/preprocessing.ts';
import { ensureBuilt, NETWORK_FOLDERS, type BuildStep, type NetworkFolders } from './build.ts';
import { CATALOGUE, type NetworkName, type OutputName } from './catalogue.ts';
import { inputShape, type NetworkEntry } from './network-entry.ts';

export type ExecutionProvider = 'cpu' | 'cuda';

export interface NetworkOptions {
  /** Threads for one run; 1 when left out. */
  readonly threads?: number;
  readonly executionProvider?: ExecutionProvider;
  readonly folders?: NetworkFolders;
  readonly onBuildStep?: (step: BuildStep) => void;
}

/** Sizes that the network leaves open; those that are fixed needn't be given. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

export interface OutputTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** A network that is loaded, checked and warm. */
export interface Network<Output extends string = string> {
  readonly entry: NetworkEntry;
  /**
   * Runs the network on one picture, or on several, one behind the other, where it takes several at once.
   *
   * `pixels` is 8-bit RGB, rows without padding, and is not copied: a view of a camera's memory is fine, and must stay
   * valid until the promise resolves. ONNX Runtime's binding computes **on the calling thread** (1.30: it defers with
   * setImmediate and then blocks), so a network belongs in a worker thread, never in the thread that serves people.
   * @throws RangeError when the number of bytes doesn't fit
   */
  run(pixels: Uint8Array, size?: PictureSize): Promise<Record<Output, OutputTensor>>;
  close(): Promise<void>;
}

/**
 * Opens a network by its name: builds it if need be, loads it, compares names, types and shapes with the catalogue, and
 * runs it once so that the first real picture isn't slower than the others.
 * @throws UserError when the network is absent, can't be loaded or isn't what the catalogue says
 */
export async function openNetwork<Name extends NetworkName>(
  name: Name,
  options: NetworkOptions = {},
): Promise<Network<OutputName<Name>>> {
  return openEntry<OutputName<Name>>(CATALOGUE[name], options);
}

/** Opens a network that needn't be in our catalogue, such as a user's own. */
export async function openEntry<Output extends string = string>(
  entry: NetworkEntry,
  options: NetworkOptions = {},
): Promise<Network<Output>> {
  const path = await ensureBuilt(entry, options.folders ?? NETWORK_FOLDERS, options.onBuildStep);
  const { session, createTensor } = await loadSession(entry.name, path, options);
  const network = createNetwork<Output>(entry, session, createTensor);
  try {
    checkContract(entry, session);
    await warmUp(entry, network);
  } catch (error) {
    await network.close();
    throw error;
  }
  return network;
}

type CreateTensor = (pixels: Uint8Array, shape: readonly number[]) => Tensor;

async function loadSession(
  name: string,
  path: string,
  { threads = 1, executionProvider = 'cpu' }: NetworkOptions,
): Promise<{ session: InferenceSession; createTensor: CreateTensor }> {
  const ort = await import('onnxruntime-node').catch((error: unknown) => {
    throw new UserError(
      'network.runtime',
      `ONNX Runtime can't be loaded: ${messageOf(error)}`,
      'It needs Linux with glibc on x64 or arm64, macOS or Windows. Install the packages again: npm ci.',
      { cause: error },
    );
  });
  if (
    executionProvider === 'cuda' &&
    !ort.listSupportedBackends().some((backend) => backend.name === 'cuda')
  ) {
    throw new UserError(
      'network.cuda',
      'networks.executionProvider is cuda, but this ONNX Runtime knows no CUDA on this platform.',
      'Set networks.executionProvider to cpu.',
    );
  }
  try {
    const session = await ort.InferenceSession.create(path, {
      executionProviders: [executionProvider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // waiting threads sleep: spinning ones fight for cores that cameras need (22.6 ms instead of 8.4 on a busy machine)
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    });
    const createTensor: CreateTensor = (pixels, shape) => new ort.Tensor('uint8', pixels, shape);
    return { session, createTensor };
  } catch (error) {
    throw executionProvider === 'cuda' ? cudaUnavailable(error) : unloadable(name, path, error);
  }
}

function createNetwork<Output extends string>(
  entry: NetworkEntry,
  session: InferenceSession,
  createTensor: CreateTensor,
): Network<Output> {
  const outputNames = Object.keys(entry.outputs) as Output[]; // Output is, by definition, the keys of the outputs
  return {
    entry,
    async run(pixels, size) {
      const shape = concreteShape(entry, pixels.length, size);
      const results = await session.run({ [PICTURE_INPUT]: createTensor(pixels, shape) }, outputNames);
      const tensors = outputNames.map((name) => [name, floatTensor(results[name])] as const);
      return Object.fromEntries(tensors) as Record<Output, OutputTensor>;
    },
    async close() {
      await session.release();
    },
  };
}

/** The input's shape for so many bytes: an open size must be given, an open batch follows from the rest. */
function concreteShape(entry: NetworkEntry, bytes: number, size: PictureSize | undefined): number[] {
  const { batch, height, width } = entry.input;
  const rows = typeof height === 'number' ? height : size?.height;
  const columns = typeof width === 'number' ? width : size?.width;
  if (rows === undefined || columns === undefined) {
    throw new RangeError(`${entry.name} takes pictures of any size: say which`);
  }
  const pictures = batch === 'N' ? bytes / (rows * columns * 3) : batch;
  if (!Number.isInteger(pictures) || pictures < 1 || bytes !== pictures * rows * columns * 3) {
    throw new RangeError(
      `${entry.name} takes ${batch === 1 ? 'a picture' : 'pictures'} of ${columns}x${rows} RGB pixels, ` +
        `that is ${rows * columns * 3} bytes each; it was given ${bytes} bytes`,
    );
  }
  return [pictures, rows, columns, 3];
}

function floatTensor(tensor: Tensor | undefined): OutputTensor {
  if (!isFloat(tensor)) throw new Error('an output is no float32 tensor'); // checked at load
  return { data: tensor.data, shape: tensor.dims };
}

function isFloat(tensor: Tensor | undefined): tensor is TypedTensor<'float32'> {
  return tensor?.type === 'float32';
}

/** Compares what the file says about itself with what the catalogue says about it. */
function checkContract(entry: NetworkEntry, session: InferenceSession): void {
  const expected = [
    `${PICTURE_INPUT} uint8 [${describeShape(inputShape(entry.input))}]`,
    ...Object.entries(entry.outputs).map(
      ([name, { dtype, shape }]) => `${name} ${dtype} [${describeShape(shape)}]`,
    ),
  ];
  const found = [...session.inputMetadata, ...session.outputMetadata].map((value) =>
    value.isTensor
      ? `${value.name} ${value.type} [${describeShape(value.shape)}]`
      : `${value.name} (no tensor)`,
  );
  const missing = expected.filter((line) => !found.includes(line));
  const extra = session.inputNames.filter((name) => name !== PICTURE_INPUT);
  if (missing.length === 0 && extra.length === 0) return;
  throw new UserError(
    'network.contract',
    `Network ${entry.name} isn't what the catalogue says. Expected ${missing.join(', ')}; found ${found.join(', ')}.`,
    'Correct the contract beside the file, or add the file that belongs to this contract.',
  );
}

/** Open sizes have different names in different files: that they are open is what counts. */
function describeShape(shape: readonly Dimension[]): string {
  return shape.map((size) => (typeof size === 'string' ? '?' : size)).join(', ');
}

const WARM_UP_PIXELS = 320;

async function warmUp(entry: NetworkEntry, network: Network): Promise<void> {
  const { height, width } = entry.input;
  const size = {
    height: typeof height === 'number' ? height : WARM_UP_PIXELS,
    width: typeof width === 'number' ? width : WARM_UP_PIXELS,
  };
  await network.run(new Uint8Array(size.height * size.width * 3), size);
}

function unloadable(name: string, path: string, cause: unknown): UserError {
  return new UserError(
    'network.load',
    `ONNX Runtime can't load network ${name} from ${path}: ${messageOf(cause)}`,
    'Delete the file and build it again (smart-store models build), or add it again (smart-store models add).',
    { cause },
  );
}

function cudaUnavailable(cause: unknown): UserError {
  return new UserError(
    'network.cuda',
    `networks.executionProvider is cuda, but CUDA can't be used here: ${messageOf(cause)}`,
    "Install NVIDIA's driver, CUDA, cuDNN and ONNX Runtime's CUDA files (vision/models/README.md), or set networks.executionProvider to cpu.",
    { cause },
  );
}
