import koffi from 'koffi';
import { lockDirectory } from './directory-lock.ts';
import { ENGINE_EXIT } from './engine-exit.ts';

/**
 * The body of the engine's child process: `engine.process.ts LIBRARY DIRECTORY PORT [SETTINGS]`.
 *
 * libchdb exports ClickHouse's own command line, `chdb_query_cmdline(argc, argv)`. It is given one query that starts the
 * HTTP listener and a second one that reads standard input until its end, so the server lives as long as the pipe: it
 * stops by itself when the parent closes the pipe or dies, kill -9 included.
 *
 * Called straight through koffi it measures the wrong stack and fails with TOO_DEEP_RECURSION; a thread of GLib's pool
 * has a stack of its own. `g_thread_pool_push(pool, argc)` calls `fn(argc, argv)`: just the signature that is needed.
 */
const [library, directory, port, settingsFile = ''] = process.argv.slice(2);
if (library === undefined || directory === undefined || port === undefined) {
  throw new TypeError('engine.process.ts needs LIBRARY DIRECTORY PORT');
}

const glib = loadGlib();
if (glib === undefined) process.exit(ENGINE_EXIT.glibMissing);
const lock = await lockDirectory(directory);
if (lock === undefined) process.exit(ENGINE_EXIT.directoryTaken);

const words = [
  'clickhouse',
  '--path',
  directory,
  '--http-port',
  port,
  ...(settingsFile === '' ? [] : ['--config-file', settingsFile]),
  '--query',
  `SYSTEM START LISTEN HTTP;
   ${settingsFile === '' ? '' : 'SYSTEM START LISTEN TCP;'}
   SELECT * FROM file('stdin', 'LineAsString', 'line String') SETTINGS max_block_size = 1 FORMAT Null`,
].map((word) => Buffer.from(`${word}\0`));
const argv = Buffer.alloc(8 * (words.length + 1));
words.forEach((word, index) => argv.writeBigUInt64LE(koffi.address(word), 8 * index));

koffi.load(library, { global: true });
const libc = koffi.load('libc.so.6');
const dlopen = libc.func('dlopen', 'void *', ['const char *', 'int']);
const dlsym = libc.func('dlsym', 'void *', ['void *', 'const char *']);
const RTLD_NOW_GLOBAL = 0x102;
const entry: unknown = dlsym(dlopen(library, RTLD_NOW_GLOBAL), 'chdb_query_cmdline');

const newPool = glib.func('g_thread_pool_new', 'void *', ['void *', 'void *', 'int', 'int', 'void *']);
const push = glib.func('g_thread_pool_push', 'int', ['void *', 'uintptr_t', 'void *']);
const freeWhenDone = glib.func('g_thread_pool_free', 'void', ['void *', 'int', 'int']);
const pool: unknown = newPool(entry, argv, 1, 1, null);
push(pool, words.length, null);
freeWhenDone.async(pool, 0, 1, () => {
  // Named here so that the garbage collector leaves the arguments and the lock alone while the engine runs.
  process.exit(words.length > 0 && argv.length > 0 && lock >= 0 ? 0 : 1);
});

function loadGlib(): ReturnType<typeof koffi.load> | undefined {
  try {
    return koffi.load('libglib-2.0.so.0');
  } catch {
    return undefined;
  }
}
