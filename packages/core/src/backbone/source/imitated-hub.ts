import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that answers as the hub does, for tests. */
export interface ImitatedHub extends AsyncDisposable {
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  /** Files of the repository `owner/name` by path; to be filled by the test. */
  readonly files: Map<string, Uint8Array>;
  /** What is sent in place of a file's content. */
  readonly sent: Map<string, Uint8Array>;
  /** Answers every request with this status, if set. */
  status: number | undefined;
}

/** Serves one repository, with its safetensors behind a redirect as large files are. */
export async function startHub(repository: string): Promise<ImitatedHub> {
  const server = createServer(
    (request, response) => void answer(hub, repository, request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on a port and not on a pipe.
  const hub: ImitatedHub = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    authorizations: [],
    files: new Map(),
    sent: new Map(),
    status: undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hub;
}

async function answer(
  hub: ImitatedHub,
  repository: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = decodeURIComponent(request.url ?? '');
  hub.requests.push(`${request.method} ${url}`);
  hub.authorizations.push(request.headers.authorization);
  const listing = `/api/models/${repository}/paths-info/`;
  const content = new RegExp(`^/(?:${repository}/resolve|cdn)/main/(.*)$`).exec(url)?.[1];
  if (hub.status !== undefined) return void response.writeHead(hub.status).end('no');
  if (url.startsWith(listing)) return list(hub, request, response);
  const bytes = hub.files.get(content ?? '');
  if (content === undefined || !bytes) return void response.writeHead(404).end('no');
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  if (content.endsWith('.safetensors') && !url.startsWith('/cdn/')) {
    response.writeHead(302, { Location: `/cdn/main/${content}`, 'X-Linked-ETag': etag }).end();
    return;
  }
  if (request.headers.range === 'bytes=0-0') {
    const range = { 'Content-Range': `bytes 0-0/${bytes.length}`, ETag: etag };
    response.writeHead(206, range).end(bytes.subarray(0, 1));
    return;
  }
  response.writeHead(200, { ETag: etag }).end(hub.sent.get(content) ?? bytes);
}

async function list(
  { files }: ImitatedHub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { paths }: { paths: string[] } = JSON.parse(body);
  const found = paths.flatMap((path) => {
    const bytes = files.get(path);
    return bytes ? [describe(path, bytes)] : [];
  });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(found));
}

function describe(path: string, bytes: Uint8Array) {
  const git = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  const file = { type: 'file', path, size: bytes.length, oid: git };
  if (!path.endsWith('.safetensors')) return file;
  const oid = createHash('sha256').update(bytes).digest('hex');
  return { ...file, oid: 'f'.repeat(40), lfs: { oid, size: bytes.length, pointerSize: 134 } };
}
