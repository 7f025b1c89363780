// A container's healthcheck: exits 0 when the admin port answers the given path with 200.
import { get } from "node:http";

const port = process.env.ADMIN_PORT ?? "9090";
const path = process.argv[2] ?? "/healthz";
const TIMEOUT_MS = 1_500;

const request = get({ host: "127.0.0.1", port, path, timeout: TIMEOUT_MS }, (response) => {
  response.resume();
  response.on("end", () => process.exit(response.statusCode === 200 ? 0 : 1));
});
request.on("timeout", () => process.exit(1));
request.on("error", () => process.exit(1));
