/**
 * Finds a key that an object in a JSON text has twice. `JSON.parse` keeps the last and says
 * nothing, so a file could show different contents to different readers.
 *
 * @param json A text that `JSON.parse` accepts.
 */
export function findDuplicateKey(json: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let position = 0; position < json.length; position++) {
    const char = json[position];
    if (char === '{') objects.push(new Set());
    if (char === '}') objects.pop();
    if (char !== '"') continue;
    const end = endOfString(json, position);
    const duplicate = addKey(objects.at(-1), json, position, end);
    if (duplicate !== undefined) return duplicate;
    position = end;
  }
  return undefined;
}

/** @returns The string, if it is a key that the object around it has already. */
function addKey(
  keys: Set<string> | undefined,
  json: string,
  start: number,
  end: number,
): string | undefined {
  if (!keys || !isFollowedByColon(json, end + 1)) return undefined;
  const key = String(JSON.parse(json.slice(start, end + 1)));
  if (keys.has(key)) return key;
  keys.add(key);
  return undefined;
}

/** Position of the closing quote. */
function endOfString(json: string, start: number): number {
  let position = start + 1;
  while (position < json.length && json[position] !== '"') {
    position += json[position] === '\\' ? 2 : 1;
  }
  return position;
}

function isFollowedByColon(json: string, from: number): boolean {
  let position = from;
  while (/\s/.test(json[position] ?? '')) position++;
  return json[position] === ':';
}
