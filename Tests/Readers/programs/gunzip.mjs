// Writes what Node makes of a gzip file: gunzip.mjs zlib|stream FILE. The stream is the browsers' DecompressionStream.
import { readFileSync } from "node:fs";
import { writeSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const [way, path] = process.argv.slice(2);
const packed = readFileSync(path);
let bytes;
if (way === "zlib") {
    bytes = gunzipSync(packed);
} else {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    bytes = Buffer.from(await new Response(stream).arrayBuffer());
}
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
