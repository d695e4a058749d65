import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { ROOT } from '../../runtime/paths.ts';
import type { Picture } from '../frame.ts';

/** The library `human` of the same author, whose weights we convert, doing the door's task. */
export interface HumanBaseline {
  readonly version: string;
  /** Finds every face of the picture, its mesh and its embedding. Answers how many faces. */
  see(picture: Picture): Promise<number>;
  close(): Promise<void>;
}

/** What is used of the library; its own types describe the browser's build. */
interface HumanLibrary {
  version: string;
  tf: { tensor3d(values: Uint8Array, shape: number[], dtype: 'int32'): HumanTensor };
  load(): Promise<void>;
  warmup(): Promise<unknown>;
  detect(input: HumanTensor): Promise<{ face: unknown[] }>;
}
interface HumanTensor {
  dispose(): void;
}
interface HumanModule {
  Human: new (config: object) => HumanLibrary;
}

/** By path: the package's exports name its browser build only. */
const LIBRARY = join(ROOT, 'node_modules/@vladmandic/human/dist/human.node-wasm.js');
const MODELS = join(ROOT, 'node_modules/@vladmandic/human/models');
const WASM = `${join(ROOT, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}/`;

/**
 * Starts human's build for Node with WebAssembly, the only one that needs no compiled TensorFlow. Everything that a door
 * doesn't need is off (hands, bodies, age and emotion are switched off or ignored), and so is its skipping of frames.
 */
export async function openHumanBaseline(): Promise<HumanBaseline> {
  const server = await serveModels();
  try {
    const loaded: unknown = createRequire(import.meta.url)(LIBRARY);
    if (!isHumanModule(loaded)) throw new TypeError("human's build for Node exports no Human");
    const human = new loaded.Human({
      backend: 'wasm',
      wasmPath: WASM,
      modelBasePath: addressOf(server),
      debug: false,
      cacheSensitivity: 0,
      skipAllowed: false,
      filter: { enabled: false },
      face: {
        enabled: true,
        detector: { enabled: true, rotation: true, maxDetected: 10, skipFrames: 0, skipTime: 0 },
        mesh: { enabled: true },
        description: { enabled: true, skipFrames: 0, skipTime: 0 },
        iris: { enabled: false },
        emotion: { enabled: false },
        antispoof: { enabled: false },
        liveness: { enabled: false },
      },
      body: { enabled: false },
      hand: { enabled: false },
      object: { enabled: false },
      gesture: { enabled: false },
      segmentation: { enabled: false },
    });
    await human.load();
    await human.warmup();
    return {
      version: human.version,
      async see({ rgb, width, height }) {
        const tensor = human.tf.tensor3d(rgb, [height, width, 3], 'int32');
        const { face } = await human.detect(tensor);
        tensor.dispose();
        return face.length;
      },
      close: () => stop(server),
    };
  } catch (error) {
    await stop(server);
    throw error;
  }
}

function isHumanModule(value: unknown): value is HumanModule {
  return typeof value === 'object' && value !== null && 'Human' in value && typeof value.Human === 'function';
}

/** TensorFlow.js fetches models by HTTP only: the package's own files, on the loopback interface. */
async function serveModels(): Promise<Server> {
  const server = createServer((request, response) => {
    readFile(join(MODELS, basename(request.url ?? '')))
      .then((bytes) => response.end(bytes))
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}/`;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
