// `npm run build`: installs what is missing and builds all packages, saying what it does.
import "./node-version.mjs";

const { build, install, root } = await import("./ready.mjs");
install(root);
build({ isQuiet: false });
