import { styleText } from 'node:util';

/** Styles text for a stream: as it is unless a person watches a terminal and has not set `NO_COLOR`. */
export function paint(stream, style, text) {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
}
