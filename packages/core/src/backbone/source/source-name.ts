const part = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?';
const packageName = new RegExp(`^(?:@${part}/)?${part}$`);
const hubId = new RegExp(`^${part}/${part}$`);
const revisionName = new RegExp(`^${part}(?:/${part})*$`);

/** Longest name that the hub and npm give out, and safe as the name of a folder. */
const maximumLength = 200;

/** Whether a source can be an npm package: `name` or `@scope/name`. */
export function isPackageName(source: string): boolean {
  return matches(packageName, source);
}

/** Whether a source can be a hub id: `owner/name`. Such a name cannot leave a folder. */
export function isHubId(source: string): boolean {
  return matches(hubId, source);
}

/** Whether a text can be a branch, a tag or a commit of the hub, such as `refs/pr/1`. */
export function isRevision(text: string): boolean {
  return matches(revisionName, text);
}

function matches(pattern: RegExp, text: string): boolean {
  return text.length <= maximumLength && pattern.test(text) && !text.includes('..');
}
