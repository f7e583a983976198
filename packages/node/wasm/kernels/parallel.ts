// Work that threads share: one thread asks for it, takes part in it, and waits until all of it is done.

import { compute, Kernel } from './compute';

/** What threads agree on, in memory that all of them see; all zeros but for `threads` at first. */
@unmanaged
export class Pool {
  /**
   * The piece of work that is taken next, and which work it is of: `work * tickets + piece`. While
   * the next work is written down, the piece is `closed`.
   */
  next: i32;
  /** Pieces that are done. */
  done: i32;
  pieces: i32;
  /** Units of a piece, and of all. */
  pieceUnits: i32;
  units: i32;
  kernel: Kernel;
  call: usize;
  /** How many threads there are, the one that asks among them. */
  threads: i32;
  /** Pieces that other threads than that one have done so far. */
  helped: i32;
}

const tickets: i32 = 64;
const closed: i32 = tickets - 1;
/** More than one for each thread: one that the system interrupts leaves the rest to the others. */
const piecesPerThread: i32 = 4;
/** Looks at a number before a thread sleeps until it changes: work often follows work. */
const looks: i32 = 2000;

/** Computes all units of a call, a piece having `grain` of them at least. */
export function parallel(pool: Pool, kernel: Kernel, call: usize, units: i32, grain: i32): void {
  const share = (units + pool.threads * piecesPerThread - 1) / (pool.threads * piecesPerThread);
  const pieceUnits = max(max(share, grain), (units + closed - 2) / (closed - 1));
  if (pool.threads === 1 || units <= pieceUnits) {
    if (units > 0) compute(kernel, call, 0, 0, units);
    return;
  }
  const work = atomic.load<i32>(nextOf(pool)) & -tickets;
  atomic.store<i32>(nextOf(pool), work + closed);
  pool.pieces = (units + pieceUnits - 1) / pieceUnits;
  pool.pieceUnits = pieceUnits;
  pool.units = units;
  pool.kernel = kernel;
  pool.call = call;
  atomic.store<i32>(doneOf(pool), 0);
  atomic.store<i32>(nextOf(pool), work + tickets);
  atomic.notify(nextOf(pool), pool.threads - 1);
  takePieces(pool, 0);
  while (true) {
    const done = atomic.load<i32>(doneOf(pool));
    if (done === pool.pieces) return;
    waitWhile(doneOf(pool), done);
  }
}

/** What another thread does, for ever. */
export function work(pool: Pool, thread: i32): void {
  while (true) waitWhile(nextOf(pool), takePieces(pool, thread));
}

/** Takes pieces while there are any; returns the ticket that said there are none. */
function takePieces(pool: Pool, thread: i32): i32 {
  while (true) {
    const ticket = atomic.load<i32>(nextOf(pool));
    const piece = ticket & (tickets - 1);
    if (piece === closed || piece >= pool.pieces) return ticket;
    // What is read here is of this ticket's work if the ticket is still there afterwards.
    const kernel = pool.kernel;
    const call = pool.call;
    const begin = piece * pool.pieceUnits;
    const end = min(begin + pool.pieceUnits, pool.units);
    const pieces = pool.pieces;
    if (atomic.cmpxchg<i32>(nextOf(pool), ticket, ticket + 1) !== ticket) continue;
    compute(kernel, call, thread, begin, end);
    if (thread > 0) atomic.add<i32>(helpedOf(pool), 1);
    if (atomic.add<i32>(doneOf(pool), 1) + 1 === pieces) atomic.notify(doneOf(pool), 1);
  }
}

function waitWhile(address: usize, value: i32): void {
  for (let look = 0; look < looks; look++) {
    if (atomic.load<i32>(address) !== value) return;
  }
  atomic.wait<i32>(address, value, -1);
}

function nextOf(pool: Pool): usize {
  return changetype<usize>(pool) + offsetof<Pool>('next');
}

function doneOf(pool: Pool): usize {
  return changetype<usize>(pool) + offsetof<Pool>('done');
}

function helpedOf(pool: Pool): usize {
  return changetype<usize>(pool) + offsetof<Pool>('helped');
}
