// Imported before everything else, and free of imports itself: an older Node must get as far as this message.

const needed = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `PTL needs Node ${needed.join('.')} or newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(2);
}
