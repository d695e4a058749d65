import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../runtime/paths.ts';
import { addNetwork } from './addition.ts';
import { OnnxGraph } from './builder/onnx-graph.ts';
import { addedFolder, type NetworkFolders } from './build.ts';
import { chooseNetwork, knownNetworks } from './choice.ts';
import { checkNetworks, listNetworks, verifyNetworks } from './inventory.ts';
import { openEntry } from './network.ts';

const OFFICIAL_FILES = join(ROOT, '../shared/data/onnx');

/** A network as others make them: floats, BGR, channels first. It answers with the mean of each channel. */
function channelMeans(): Uint8Array {
  const graph = new OnnxGraph('channel-means');
  const image = graph.input('image', 'float32', [1, 3, 2, 2]);
  const means = graph.node('ReduceMean', [image], { axes: [2, 3], keepdims: 0 });
  graph.output('bgr', means, 'float32', [1, 3]);
  return graph.toModel();
}

const CONTRACT = `
name: channel-means
task: face-embedding
summary: mean colour
licence: CC0-1.0
file: means.onnx
input:
  { name: image, dtype: float32, layout: NCHW, colour: BGR, mean: [1, 2, 3], divisor: 2, batch: one, height: 2, width: 2, shows: anything }
outputs:
  - { name: means, from: bgr, shape: [1, 3], meaning: blue green red }
embeddingSpace: colours
preference: 99
`;

let folder: string;
let from: string;
let folders: NetworkFolders;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'networks-'));
  from = join(folder, 'from');
  folders = { cache: join(folder, 'cache'), added: join(folder, 'added') };
  await mkdir(from);
  await writeFile(join(from, 'means.onnx'), channelMeans());
  await writeFile(join(from, 'channel-means.yaml'), CONTRACT);
});
afterEach(() => rm(folder, { recursive: true }));

describe("a user's own network", () => {
  it('is given pixels as its contract says, and is used when it is preferred', async () => {
    await addNetwork('channel-means', { from, folders });
    const { chosen } = await chooseNetwork('face-embedding', folders);
    expect(chosen.name).toBe('channel-means');
    const network = await openEntry(chosen, { folders });
    const pixels = Uint8Array.from([10, 20, 30, 10, 20, 30, 10, 20, 30, 14, 24, 34]);
    const { means } = await network.run(pixels);
    await network.close();
    // red 11, green 21, blue 31 on average; in BGR order minus 1, 2, 3, halved
    expect(Array.from(means?.data ?? [])).toEqual([15, 9.5, 4]);
  });

  it.each([
    [
      'a wrong size',
      'height: 2',
      'height: 3',
      /its input image is of type 1 .* \[1, 3, 2, 2\], the contract says float32 \[1, 3, 3, 2\]/,
    ],
    [
      'a wrong output shape',
      'shape: [1, 3]',
      'shape: [1, 4]',
      /Expected means float32 \[1, 4\]; found .*\[1, 3\]/,
    ],
    ['an input that is not there', 'name: image', 'name: picture', /has no input picture, but image/],
    ['an output that is not there', 'from: bgr', 'from: rgb', /has no output rgb, but bgr/],
    ['a misspelt key', 'divisor: 2', 'divider: 2', /channel-means\.yaml:\d+:\d+ {2}input\.divider/],
    ['an unknown task', 'task: face-embedding', 'task: face-guessing', /expected: .*face-embedding/],
    ['a file that is not there', 'file: means.onnx', 'file: other.onnx', /expected to hold other\.onnx/],
  ])('is refused with %s, and nothing is added', async (_what, right, wrong, message) => {
    await writeFile(join(from, 'channel-means.yaml'), CONTRACT.replace(right, wrong));
    await expect(addNetwork('channel-means', { from, folders })).rejects.toThrow(message);
    expect((await knownNetworks(folders)).map(({ name }) => name)).not.toContain('channel-means');
  });

  it('is refused when it has been altered since', async () => {
    await addNetwork('channel-means', { from, folders });
    const file = join(addedFolder('channel-means', folders), 'means.onnx');
    const content = await readFile(file);
    content[content.length - 1]! ^= 1;
    await writeFile(file, content);
    const [verification] = await verifyNetworks({ names: ['channel-means'], folders });
    expect(verification).toMatchObject({
      isRight: false,
      message: expect.stringMatching(/checksum is another/) as string,
    });
    const listing = await listNetworks(folders);
    expect(listing.find(({ name }) => name === 'channel-means')?.state).toBe('altered');
  });
});

describe('a network of the catalogue', () => {
  let server: Server;
  let mirror: string;

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/yunet_n_dynamic.onnx') response.end('<html>please sign in</html>');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    ['comes with another checksum', 'yunet', () => mirror, 'network.checksum'],
    ["isn't on the mirror", 'sface', () => mirror, 'network.unreachable'],
    ['is on a mirror that does not answer', 'yunet', () => 'http://127.0.0.1:1', 'network.unreachable'],
    ["isn't in the folder", 'yunet', () => from, 'network.file-missing'],
    ['has a checksum that nobody stated', 'mobileface-v2', () => undefined, 'network.checksum-unknown'],
    ['comes with npm anyway', 'blazeface', () => undefined, 'network.from-npm'],
    ['does not exist', 'facenet-9000', () => undefined, 'network.unknown'],
  ])('that %s is not added', async (_what, name, origin, code) => {
    const address = origin();
    const adding = addNetwork(name, { folders, ...(address === undefined ? {} : { from: address }) });
    await expect(adding).rejects.toMatchObject({ code });
  });
});

it('says which network does what, and what would do it better', async () => {
  const checks = await checkNetworks(folders);
  expect(checks.find(({ task }) => task === 'face-detection')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/^blazeface is preferred to .* better, but not added: yunet$/) as string,
    next: 'smart-store models add yunet',
  });
  expect(checks.find(({ task }) => task === 'face-landmarks')?.status).toBe('ok');
  expect(checks.find(({ task }) => task === 'anti-spoofing')).toMatchObject({ status: 'warning' });
});

describe.skipIf(!existsSync(OFFICIAL_FILES))(
  'the official files (skipped: ../shared/data/onnx is not there)',
  () => {
    it.each(['yunet', 'mobileface-v2', 'minifasnet-v2', 'minifasnet-v1se', 'yolox-nano'])(
      '%s',
      async (name) => {
        await addNetwork(name, { from: OFFICIAL_FILES, folders });
        const entry = (await knownNetworks(folders)).find((candidate) => candidate.name === name)!;
        expect((await chooseNetwork(entry.task, folders)).present).toContain(entry);
        expect(await verifyNetworks({ names: [name], folders })).toMatchObject([{ isRight: true }]);
      },
    );
  },
);
