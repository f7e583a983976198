import { stripVTControlCharacters } from 'node:util';
import { formatDuration } from './duration.mjs';
import { paint } from './paint.mjs';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

/**
 * Shows one piece of work on a stream. On a terminal a line turns, with the time so far and what the work last said;
 * elsewhere one plain line tells that it begins. `end` leaves one line with the time taken.
 */
export function startProgress(stream, label, { announce = true } = {}) {
  const started = performance.now();
  const live = stream.isTTY ? liveLine(stream, label, started) : undefined;
  if (!live && announce) stream.write(`… ${label}\n`);
  return {
    say: (line) => live?.say(line),
    end(succeeded, note = '') {
      live?.stop();
      const elapsed = performance.now() - started;
      const mark = succeeded ? paint(stream, 'green', '✓') : paint(stream, 'red', '✗');
      const suffix = note && `  ${paint(stream, 'dim', note)}`;
      stream.write(
        `${mark} ${label.padEnd(32)} ${formatDuration(elapsed).padStart(11)}${suffix}\n`,
      );
      return elapsed;
    },
  };
}

function liveLine(stream, label, started) {
  let said = '';
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    const text = `${frames[frame]} ${label}  ${formatDuration(performance.now() - started)}  ${said}`;
    stream.write(`\r\u001b[K${text.slice(0, (stream.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, frameMs);
  return {
    say: (line) => {
      said = stripVTControlCharacters(line).trim();
    },
    stop: () => {
      clearInterval(timer);
      stream.write('\r\u001b[K');
    },
  };
}
