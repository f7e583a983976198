import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const attempts = 3;
const stallMs = 60_000;

/**
 * Downloads to `part`, going on from what an earlier, broken-off download left there. `onBytes` hears how many bytes
 * are there. What arrived is not checked: that is for the caller, who knows the sum.
 *
 * @throws whatever `fetch` throws, after three attempts that each got nothing new.
 */
export async function resumableDownload(
  url: string,
  part: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      return await downloadRest(url, part, before, onBytes);
    } catch (error) {
      failures = (await sizeOf(part)) > before ? 0 : failures + 1;
      if (failures === attempts || !isNetworkError(error)) throw error;
    }
  }
}

async function downloadRest(
  url: string,
  part: string,
  offset: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error('the server went silent')), stallMs);
  try {
    const headers = offset > 0 ? { range: `bytes=${offset}-` } : {};
    const response = await fetch(url, { headers, signal: stalled.signal });
    // 416: nothing is left to send.
    if (response.status === 416) return;
    if (!response.ok || !response.body) {
      throw new Error(`${new URL(url).host} answered ${response.status}`);
    }
    // A server without ranges sends the whole file again.
    const resumed = response.status === 206;
    let bytes = resumed ? offset : 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        timer.refresh();
        bytes += chunk.length;
        onBytes(bytes);
        done(null, chunk);
      },
    });
    const sink = createWriteStream(part, { flags: resumed ? 'a' : 'w' });
    await pipeline(response.body, count, sink);
  } finally {
    clearTimeout(timer);
  }
}

/** A full disk or an answer such as 404 gets no better by trying again. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'AbortError');
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
