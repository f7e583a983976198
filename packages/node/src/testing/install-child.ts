import { installEngineWith } from '../install/install-engine.ts';
import { toyBuild } from './toy-build.ts';
import { toyEngine } from './toy-engine.ts';

// A process that installs the toy engine: arguments are the cache folder, the index, and the size of the library.
const [cache = '', index = '', libraryBytes] = process.argv.slice(2);
const env = { PTL_PYPI_INDEX: index, CXX: process.execPath };
await installEngineWith(toyBuild, toyEngine(Number(libraryBytes)).plan, { cache, env });
