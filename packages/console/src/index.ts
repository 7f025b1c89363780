/** The folder that the gateway serves at `/`: built by `npm run build`, static files only. */
import { fileURLToPath } from "node:url";

export const pageFolder: string = fileURLToPath(new URL("../dist/page/", import.meta.url));
