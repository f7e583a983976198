import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Wheel } from '../plan/wheel.ts';

/** A Python package index on this machine, with one wheel. */
export interface IndexServer {
  /** For `PTL_PYPI_INDEX`. */
  readonly index: string;
  readonly fileUrl: string;
  /** The `Range` header of each request for the file; '' if it had none. */
  readonly ranges: string[];
  /** Bytes after which an answer stops in the middle and keeps silent. Default: none. */
  stallAfter: number | undefined;
  /** Whether ranges are understood. Default: they are. */
  hasRanges: boolean;
  /** Whether the connection breaks off where it would stall. */
  breaks: boolean;
}

export async function indexServer(wheel: Wheel, content: Buffer): Promise<IndexServer> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/json')) sendRelease(state, wheel, response);
    else sendFile(state, content, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const state: IndexServer = {
    index: `http://127.0.0.1:${port}/pypi`,
    fileUrl: `http://127.0.0.1:${port}/files/${wheel.file}`,
    ranges: [],
    stallAfter: undefined,
    hasRanges: true,
    breaks: false,
  };
  return state;
}

/** An address on this machine where nobody listens. */
export async function closedIndex(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/pypi`;
}

function sendRelease(state: IndexServer, wheel: Wheel, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  const other = { filename: 'other.whl', url: 'http://127.0.0.1:1/other.whl' };
  const urls = [other, { filename: wheel.file, url: state.fileUrl }];
  response.end(JSON.stringify({ urls }));
}

function sendFile(
  state: IndexServer,
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const range = request.headers.range ?? '';
  state.ranges.push(range);
  const asked = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
  const offset = state.hasRanges ? asked : 0;
  if (offset >= content.length) {
    response.writeHead(416).end();
    return;
  }
  const rest = content.subarray(offset);
  response.writeHead(offset > 0 ? 206 : 200, { 'content-length': rest.length });
  if (state.stallAfter === undefined) {
    response.end(rest);
    return;
  }
  response.write(rest.subarray(0, state.stallAfter), () => {
    // Once the client has had time to read what was sent.
    if (state.breaks) setTimeout(() => response.destroy(), 20);
  });
}
