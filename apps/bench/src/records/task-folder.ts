/** The folder of a task: the user's files name it, and what could lead out of a folder is spelt otherwise. */
export function taskFolder(task: string): string {
  return encodeURIComponent(task).replace(/^\./, '%2E');
}
