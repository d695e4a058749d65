import { fileURLToPath } from 'node:url';

/** The repository's root, with a trailing slash. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Things that can be built again: networks, rendered videos. Deleting it costs time and nothing else. */
export const CACHE_DIR = process.env['SMART_STORE_CACHE'] ?? `${ROOT}.cache`;

/** What a store must not lose: the event log, the ledger, ClickHouse's tables, the key file. */
export const DATA_DIR = process.env['SMART_STORE_DATA'] ?? `${ROOT}data`;
