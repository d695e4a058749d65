import { createLogger } from '../../runtime/logger.ts';
import { startClickHouse } from './engine.ts';

/** A store that does nothing but hold an engine, to be killed by a test: `engine.fixture.ts DIRECTORY`. */
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new TypeError('engine.fixture.ts needs DIRECTORY');
const engine = await startClickHouse({ dataDir, logger: createLogger('fixture', 'silent') });
process.stdout.write(`${JSON.stringify({ url: engine.url })}\n`);
setInterval(() => undefined, 60_000);
