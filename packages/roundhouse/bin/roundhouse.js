#!/usr/bin/env node
// The command. The code is TypeScript: `npm start` and `npm run build` leave it in dist/.
import "../dist/main.js";
