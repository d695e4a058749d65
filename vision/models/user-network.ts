import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { problemText } from '../../config/problem.ts';
import { parseSource } from '../../config/source.ts';
import { validate } from '../../config/validation.ts';
import { messageOf, UserError } from '../../runtime/errors.ts';
import { NETWORK_TASKS, type NetworkEntry } from './network-entry.ts';

const strict = { additionalProperties: false };
const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'lower-case letters, digits, hyphens',
});
const Pixels = Type.Optional(Type.Integer({ minimum: 1, description: 'pixels; left out: any size' }));

/** The contract of a user's own network: the YAML or JSON file beside an .onnx file. */
const UserContract = Type.Object(
  {
    name: Name,
    task: Type.Union(NETWORK_TASKS.map((task) => Type.Literal(task))),
    summary: Type.String({ minLength: 1 }),
    licence: Type.String({ minLength: 1 }),
    file: Type.String({ pattern: '^[^/\\\\]+\\.onnx$', description: 'the .onnx file beside this one' }),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    input: Type.Object(
      {
        name: Type.String({ minLength: 1, description: "the input's name in the file" }),
        dtype: Type.Union([Type.Literal('float32'), Type.Literal('uint8')]),
        layout: Type.Union([Type.Literal('NCHW'), Type.Literal('NHWC')]),
        colour: Type.Union([Type.Literal('RGB'), Type.Literal('BGR')]),
        mean: Type.Array(Type.Number(), {
          minItems: 3,
          maxItems: 3,
          description: 'taken from each channel, 0..255',
        }),
        divisor: Type.Number({ exclusiveMinimum: 0, description: '255 gives 0..1' }),
        batch: Type.Union([Type.Literal('one'), Type.Literal('many')]),
        height: Pixels,
        width: Pixels,
        shows: Type.String({ minLength: 1, description: 'what the picture must show' }),
      },
      strict,
    ),
    outputs: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1, description: 'our name' }),
          from: Type.String({ minLength: 1, description: 'its name in the file' }),
          shape: Type.Array(Type.Union([Type.Integer({ minimum: 1 }), Type.String({ minLength: 1 })])),
          meaning: Type.String({ minLength: 1 }),
        },
        strict,
      ),
      { minItems: 1 },
    ),
    embeddingSpace: Type.Optional(Name),
    preference: Type.Integer({ description: 'the highest of a task is used; ours are at most 20' }),
  },
  strict,
);
type UserContract = Static<typeof UserContract>;

/** The extensions of a contract file, in the order in which they are looked for. */
const CONTRACT_EXTENSIONS = ['yaml', 'yml', 'json'] as const;

/** The text of `NAME.yaml`, `.yml` or `.json` in a folder; undefined when there is none. */
export async function findContract(
  folder: string,
  name: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const extension of CONTRACT_EXTENSIONS) {
    const path = join(folder, `${name}.${extension}`);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/**
 * A catalogue entry out of a contract file.
 * @throws UserError with every mistake in the file: place, expected, found, what to do
 */
export function parseContract(text: string, path: string): NetworkEntry {
  const source = parseSource(text);
  const mistakes = [
    ...source.syntaxProblems.map((problem) => problemText(problem, path, problem.position)),
    ...(source.syntaxProblems.length > 0 ? [] : validate(UserContract, source.value)).map((problem) =>
      problemText(problem, path, source.positionOf(problem.path, problem.at)),
    ),
  ];
  const contract: unknown = source.value;
  if (mistakes.length > 0 || !Check(UserContract, contract)) {
    throw new UserError(
      'network.contract-file',
      `The contract ${path} has mistakes:\n\n${mistakes.join('\n\n')}\n`,
      'Mend the file; vision/models/README.md shows one that is right.',
    );
  }
  return entryOf(contract);
}

/** The user's own networks that were added, by name. */
export async function userNetworks(addedNetworksFolder: string): Promise<NetworkEntry[]> {
  const names = await readdir(addedNetworksFolder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UserError(
      'network.folder',
      `The folder of added networks can't be read: ${messageOf(error)}`,
      'Make it readable, or name another with SMART_STORE_DATA.',
      { cause: error },
    );
  });
  const contracts = await Promise.all(
    names.sort().map((name) => findContract(join(addedNetworksFolder, name), name)),
  );
  return contracts.flatMap((contract) => (contract ? [parseContract(contract.text, contract.path)] : []));
}

function entryOf(contract: UserContract): NetworkEntry {
  const { input, outputs } = contract;
  const [red = 0, green = 0, blue = 0] = input.mean;
  return {
    name: contract.name,
    task: contract.task,
    summary: contract.summary,
    licence: contract.licence,
    sources: [
      {
        kind: 'onnx',
        address: 'added by the user',
        file: { name: contract.file, ...(contract.sha256 === undefined ? {} : { sha256: contract.sha256 }) },
        foreignInput: {
          name: input.name,
          dtype: input.dtype,
          layout: input.layout,
          colour: input.colour,
          normalisation: { mean: [red, green, blue], divisor: input.divisor },
        },
        outputs: Object.fromEntries(outputs.map(({ name, from }) => [name, from])),
      },
    ],
    input: {
      batch: input.batch === 'many' ? 'N' : 1,
      height: input.height ?? 'height',
      width: input.width ?? 'width',
      shows: input.shows,
    },
    outputs: Object.fromEntries(
      outputs.map(({ name, shape, meaning }) => [name, { dtype: 'float32', shape, meaning }]),
    ),
    ...(contract.embeddingSpace === undefined ? {} : { embeddingSpace: contract.embeddingSpace }),
    preference: contract.preference,
  };
}
