// Stops an old Node with a sentence. Imported first, and written so that an old Node can read it.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 20)) {
  console.error(
    `Roundhouse needs Node 20.20 or newer (it is made for 20, 22 and 24); this is Node ${process.versions.node}.`,
  );
  process.exit(1);
}
